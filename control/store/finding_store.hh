// Findings on disk: a row for each device, rule and destination, and one for each day of it; never one a packet.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <unordered_map>
#include <vector>

#include "control/devices/inventory.hh"
#include "control/store/finding_growth.hh"
#include "control/store/finding_state.hh"
#include "control/store/schema.hh"

namespace sluice {

struct StoreOptions {
  std::string path;
  std::string tap_id;
  std::uint64_t bytes = 0;      // room for all; where it is full no new finding is taken up, known ones go on
  std::uint32_t keep_days = 0;  // since a finding was last seen
  std::map<std::string, std::uint32_t> keep_days_of;  // by class, where they are others
};

// Since the program was started, but for what stands in the store.
struct StoreCounts {
  std::uint64_t findings = 0;  // in the store
  std::uint64_t bytes = 0;     // of the store
  std::uint64_t written = 0;   // alerts
  std::uint64_t folded = 0;    // alerts under "other destinations"
  std::uint64_t full = 0;      // alerts that were not taken up: no room on disk
  std::uint64_t waiting = 0;   // the same: no room in memory, while the disk could not be written
  std::uint64_t retired = 0;   // findings whose time was over
};

class FindingStore {
 public:
  // Destinations of one device and rule; further ones are one finding together, whose destination is empty. A device
  // that looks up random names below a listed one fills no disk.
  static constexpr std::uint32_t destination_limit = 1000;

  [[nodiscard]] static tl::expected<FindingStore, StoreFailure> open(StoreOptions options);

  // What stands in it now.
  void measure(StoreCounts& counts) const noexcept;
  // All of them or none.
  [[nodiscard]] tl::expected<void, StoreFailure> write(std::span<const FindingGrowth> grown, StoreCounts& counts);
  // What has become of the devices.
  [[nodiscard]] tl::expected<void, StoreFailure> write(const Inventory::Changes& changes);
  [[nodiscard]] tl::expected<std::vector<Device>, StoreFailure> devices();
  // Takes away what is over, by that time.
  [[nodiscard]] tl::expected<void, StoreFailure> retire(std::int64_t now_ns, StoreCounts& counts);
  // True: there is such a finding.
  [[nodiscard]] tl::expected<bool, StoreFailure> change(std::int64_t number, const FindingChange& change,
                                                        std::int64_t now_ns);

 private:
  FindingStore(SQLite::Database database, StoreOptions options);
  void write_one(const FindingGrowth& grown, StoreCounts& counts);
  [[nodiscard]] std::int64_t device_number(const FindingGrowth& grown);
  [[nodiscard]] std::int64_t rule_number(const FindingGrowth& grown);
  [[nodiscard]] std::optional<std::int64_t> find(std::int64_t device, std::int64_t rule,
                                                 const std::string& destination);
  [[nodiscard]] bool has_room();
  [[nodiscard]] SQLite::Statement& statement(const char* text);
  void count_findings();
  void measure_bytes();
  template <class Work>
  tl::expected<void, StoreFailure> guarded(Work work);

  StoreOptions options_;
  SQLite::Database database_;
  std::uint64_t findings_ = 0;
  std::uint64_t bytes_ = 0;
  std::unordered_map<const char*, SQLite::Statement> statements_;  // by their text, which is of static life
  std::unordered_map<std::string, std::int64_t> devices_;
  std::unordered_map<std::string, std::pair<std::int64_t, std::shared_ptr<const RuleFacts>>> rules_;
};

}  // namespace sluice
