// What a finding has grown by since it was written last: alerts of one device, rule, destination and day, added up.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "control/findings/finding.hh"

namespace sluice {

struct FindingGrowth {
  std::string device_id;    // of the inventory
  std::string device;       // its address
  std::string rule_id;      // "row N" where the rules at hand do not have it
  std::string destination;  // as text that may be stored
  std::string day;          // UTC, YYYY-MM-DD
  std::string finding_id;   // of the first alert; empty without a rule
  std::shared_ptr<const RuleFacts> rule;
  bool is_inside = false;
  // Of all that is added up; nothing where they differ.
  std::optional<std::uint16_t> vlan;  // 0: none
  std::optional<std::string> remote;  // address
  Stage stage{};
  Confidence confidence{};
  Lowered lowered{};
  std::uint64_t count = 0;
  std::uint64_t blocked = 0;
  std::uint64_t would_block = 0;  // in `enforce`, which it was not in
  std::uint64_t evidence = 0;     // records that were asked for
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  std::string ruleset;  // digest

  // Of the same finding and day, later than this.
  void add(FindingGrowth&& other);
};

class FindingTally {
 public:
  // Findings that wait to be written; alerts of further ones are counted and not kept.
  static constexpr std::size_t limit = 65'536;
  // Bytes of a destination; the rest of a longer one is left out.
  static constexpr std::size_t destination_limit = 512;

  struct Context {
    std::string_view tap_id;
    std::string_view ruleset;
    std::string_view device_id;
    bool has_evidence = false;
  };
  // False: there was no room.
  bool note(const Finding& finding, const Context& context);
  // What could not be written comes back, before what has come since. The number of alerts that found no room.
  std::uint64_t put_back(std::vector<FindingGrowth>&& grown);
  // All of them, once.
  [[nodiscard]] std::vector<FindingGrowth> take();
  [[nodiscard]] std::size_t size() const noexcept { return grown_.size(); }

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::string>;  // device, rule, destination, day
  [[nodiscard]] static Key key_of(const FindingGrowth& grown);

  std::map<Key, FindingGrowth> grown_;
};

}  // namespace sluice
