// Adds lines to a chain. Between begin() and commit() the chain is this process's alone.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <tl/expected.hpp>

#include "control/evidence/chain_file.hh"
#include "control/evidence/chain_line.hh"
#include "dataplane/base/tick.hh"

namespace sluice {

class ChainWriter {
 public:
  using Take = std::function<void(const ChainLine&)>;

  [[nodiscard]] static tl::expected<ChainWriter, std::string> open(const std::string& folder);

  // Hands over the lines that were not read yet, each held against the one before. Half a line at the end, which a
  // power cut leaves, is taken away; its bytes come back. An error where the chain does not hold.
  [[nodiscard]] tl::expected<std::uint64_t, std::string> begin(const Take& take);
  // Number, time and digest of the line before are set here. Returns the number.
  std::uint64_t add(ChainLine line, Tick now);
  [[nodiscard]] std::uint64_t next_number() const noexcept { return ahead_.number + 1; }
  // On disk when this returns. After an error, and after abandon(), the writer is to be opened anew.
  [[nodiscard]] tl::expected<void, std::string> commit();
  void abandon() noexcept { file_.unlock(); }

  // Of what is on disk.
  [[nodiscard]] const ChainHead& head() const noexcept { return head_; }

 private:
  explicit ChainWriter(ChainFile file) : file_(std::move(file)) {}

  ChainFile file_;
  ChainHead head_;
  ChainHead ahead_;  // with the lines that were added
  std::string pending_;
};

// The digest that a first line has in the place of one before.
[[nodiscard]] std::string first_digest();

}  // namespace sluice
