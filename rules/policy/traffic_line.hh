// One line of what a site does with all traffic of devices, whatever is found in it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/names/address.hh"
#include "rules/policy/local_hours.hh"
#include "rules/policy/rate_limit.hh"

namespace sluice {

enum class TrafficAction : std::uint8_t {
  exempt,      // forwarded unread: nothing of it is recorded
  quarantine,  // in enforce, nothing passes but look-ups, the portal and what is never blocked
  limit,       // in enforce, what goes beyond the rate is dropped
  strip_ech,   // in enforce, answers to its look-ups lose the keys of Encrypted Client Hello
};
[[nodiscard]] std::string_view text_of(TrafficAction action) noexcept;

// What comes of it for a flow.
enum class Fate : std::uint8_t {
  read,         // what is found in it decides
  exempt,       // nobody reads it, nothing of it is recorded
  quarantined,  // in enforce, it is dropped but for what its device needs to have a network
  uninspected,  // likewise, because nobody could look into it
};

// What is empty holds for all. Lists: one of them.
struct TrafficLine {
  std::string name;
  std::vector<AddressRange> devices;   // of the inspected side
  std::vector<std::uint16_t> vlans;    // outermost ids
  std::vector<AddressRange> prefixes;  // of the other end
  LocalHours hours{};
  TrafficAction action{};
  RateLimit limit{};  // where the action is `limit`
};

using TrafficLines = std::vector<TrafficLine>;  // in order: the first that holds decides

}  // namespace sluice
