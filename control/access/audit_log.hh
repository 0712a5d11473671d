// The audit: every change of the tap, before it is made and after, in files of a month that hold together as one chain.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/access/audit_line.hh"
#include "control/evidence/chain_file.hh"
#include "dataplane/base/tick.hh"

namespace sluice {

// What a look through the whole chain found.
struct AuditCheck {
  std::uint64_t lines = 0;
  std::uint64_t first = 0, last = 0;  // numbers; 0: there is none
  std::string head;                   // digest of the last line
  std::string fault;                  // where it does not hold, and how; empty: it does
};

class AuditLog {
 public:
  // The folder is made where it is missing. Half a line at the end, which a power cut leaves, is taken away. A file
  // that does not hold is put aside, which the first line of the new chain says.
  [[nodiscard]] static tl::expected<std::unique_ptr<AuditLog>, std::string> open(const std::string& folder,
                                                                                 std::uint32_t keep_days, Tick now);

  // Number, time and digest are set here. On disk when it returns with the number.
  [[nodiscard]] tl::expected<std::uint64_t, std::string> note(AuditLine line, Tick now);
  // Lines behind that number, in order, at most so many.
  [[nodiscard]] tl::expected<std::vector<AuditLine>, std::string> page(std::uint64_t after, std::size_t limit) const;
  [[nodiscard]] tl::expected<AuditCheck, std::string> check() const { return check(folder_); }
  // Of a folder that another program may be writing to.
  [[nodiscard]] static tl::expected<AuditCheck, std::string> check(const std::string& folder);

 private:
  AuditLog(std::string folder, std::uint32_t keep_days) : folder_(std::move(folder)), keep_days_(keep_days) {}
  [[nodiscard]] tl::expected<void, std::string> resume();
  [[nodiscard]] tl::expected<void, std::string> turn_to(const std::string& month, Tick now);
  void retire(Tick now) const;

  std::string folder_;
  std::uint32_t keep_days_;
  mutable std::mutex mutex_;  // of what follows
  std::string month_;         // of the file: "2026-11"; it never goes back
  std::optional<ChainFile> file_;
  std::uint64_t number_ = 0;  // of the last line
  std::string digest_;        // of it
  std::string put_aside_;     // what the first line is to say
};

}  // namespace sluice
