// What the site does with all traffic of a device, of one generation. Looked at where a flow begins.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/sets/range_index.hh"
#include "rules/policy/site_policy.hh"

namespace sluice {

// A connection of a device.
struct TrafficPlace {
  Address device;
  std::uint16_t vlan = 0;           // outermost; 0: none
  std::optional<Address> remote{};  // the other end, where it is known
  bool knows_sides = true;          // else either end may be the device
  std::string_view asked{};         // the name that the device looked up to get there; empty: not known
  bool is_look_up = false;          // it goes to a server of DNS, on its port
  std::int64_t now_ns = 0;          // since 1970
};

struct Treatment {
  const TrafficLine* line = nullptr;  // that holds; null: none
  Shield shield = Shield::none;       // what keeps the connection from the line
  Fate fate = Fate::read;
  RateLimit limit{};
  bool strips_ech = false;  // out of what comes back
};

class TrafficSet {
 public:
  void build(const SitePolicy& policy);
  [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }
  // The first line that holds for the device; null where none does. An exemption holds for either end: nothing of that
  // device shall be recorded.
  [[nodiscard]] const TrafficLine* find(const TrafficPlace& place) const noexcept;
  // Where the other end is not known: the line before that of find() that would hold for some; null where none would.
  [[nodiscard]] const TrafficLine* find_by_remote(const TrafficPlace& place) const noexcept;
  // When lines may begin or end to hold, after `now_ns`; LocalHours::never where none does.
  [[nodiscard]] std::int64_t next_change(std::int64_t now_ns) const noexcept;
  // By the line that find() says. What is never blocked goes before all but exemptions.
  [[nodiscard]] Treatment treat(const TrafficPlace& place) const noexcept;

 private:
  [[nodiscard]] const TrafficLine* first(const TrafficPlace& place, bool is_turned) const noexcept;

  TrafficLines lines_;
  RangeIndex devices_;   // by position in lines_
  RangeIndex prefixes_;  // likewise; of lines that have any
  Portal portal_;
  NeverBlock never_block_;
};

}  // namespace sluice
