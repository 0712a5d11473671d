// The folder of evidence of a tap, as it is written: a key file for each device, a sealed record for each finding, and
// the chain over them. README.md says what lies where, and what it proves.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "control/evidence/chain_writer.hh"
#include "control/evidence/evidence_key.hh"
#include "control/findings/redaction_key.hh"
#include "dataplane/base/tick.hh"
#include "rules/names/address.hh"

namespace sluice {

struct EvidenceOptions {
  std::string folder;  // made, mode 0700, where it is missing
  std::string tap_id;
  EvidencePublicKey authority{};
  std::size_t record_bytes = 32768;
  std::uint32_t device_hour_records = 60;
  std::uint64_t total_bytes = std::uint64_t{1} << 30;
  std::uint32_t keep_days = 30;
};

// A record that has no number yet.
struct EvidenceDraft {
  Address device;
  nlohmann::ordered_json decision;
  std::string capture;  // pcapng
};

// Why a finding has no record. Names stand in metrics.
enum class EvidenceRefusal : std::uint8_t { device_hour, devices, size, full, busy, unwritable };
constexpr std::array<std::string_view, 6> evidence_refusal_names{"device_hour", "devices", "size",
                                                                 "full",        "busy",    "unwritable"};

struct EvidenceCounts {
  std::uint64_t written = 0;  // records since the program's start
  std::uint64_t bytes = 0;    // of all records now
  std::array<std::uint64_t, evidence_refusal_names.size()> refused{};
  std::uint64_t mended = 0;  // times that half a line was taken from the chain's end
  void refuse(EvidenceRefusal why, std::uint64_t count = 1) { refused[static_cast<std::size_t>(why)] += count; }
};

class EvidenceStore {
 public:
  static constexpr std::size_t device_limit = 65'536;

  // Takes the folder up: what a power cut left is mended and counted, and a line says that it began. An error where the
  // chain does not hold, which `sluice evidence verify` explains: nothing is ever added to a broken one.
  [[nodiscard]] static tl::expected<EvidenceStore, std::string> open(EvidenceOptions options,
                                                                     std::string_view clock_state, Tick now,
                                                                     EvidenceCounts& counts);

  // Seals and adds what there is room for, and counts what not. After an error the store is to be opened anew.
  [[nodiscard]] tl::expected<void, std::string> write(std::span<EvidenceDraft> drafts, Tick now,
                                                      EvidenceCounts& counts);
  // Removes the records that are older than they are kept, and says so in the chain.
  [[nodiscard]] tl::expected<void, std::string> retire(Tick now, EvidenceCounts& counts);
  [[nodiscard]] const ChainHead& head() const noexcept { return chain_.head(); }

 private:
  struct Device {
    std::string id;
    EvidencePublicKey key{};
  };
  struct Kept {
    std::uint64_t number;
    std::int64_t seconds;  // since 1970
    std::uint64_t bytes;
    std::string device;
  };

  EvidenceStore(EvidenceOptions options, ChainWriter chain, const RedactionKey& tag_key)
      : options_(std::move(options)), chain_(std::move(chain)), tag_key_(tag_key) {}

  [[nodiscard]] tl::expected<std::uint64_t, std::string> catch_up();
  void apply(const ChainLine& line);
  [[nodiscard]] tl::expected<void, std::string> load_devices();
  // Records that no line of the chain names (any more).
  void clear_away() const;
  // Null where there are too many.
  [[nodiscard]] tl::expected<const Device*, std::string> device_of(const Address& address, Tick now);
  [[nodiscard]] tl::expected<void, std::string> write_one(EvidenceDraft& draft, Tick now, EvidenceCounts& counts);
  [[nodiscard]] std::string tag_of(const Address& address) const;

  EvidenceOptions options_;
  ChainWriter chain_;
  RedactionKey tag_key_;
  std::map<std::string, Device> devices_;    // by tag: those whose key is there
  std::map<std::string, std::string> keys_;  // of the chain, in hex, by device; without those that were erased
  std::deque<Kept> kept_;
  std::uint64_t bytes_ = 0;    // of kept_
  std::uint64_t through_ = 0;  // records up to there went
};

// Destroys the key of a device: its records can be opened by nobody any more, and a line of the chain says so.
[[nodiscard]] tl::expected<void, std::string> erase_device(const std::string& folder, const std::string& device,
                                                           Tick now);

}  // namespace sluice
