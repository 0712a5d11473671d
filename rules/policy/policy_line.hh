// One line of a site's policy: what is done with findings that it is about.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "rules/facts/hit_place.hh"
#include "rules/facts/rule_facts.hh"
#include "rules/names/address.hh"
#include "rules/policy/local_hours.hh"
#include "rules/policy/rate_limit.hh"

namespace sluice {

enum class PolicyAction : std::uint8_t {
  observe,  // forward and report
  drop,     // in enforce, block
  reject,   // block, and tell both ends so
  // Answer look-ups over UDP in the place of the server, and reject everything else.
  nxdomain,  // no such name
  nodata,    // nothing of that type
  sinkhole,  // with an address of the site's own
  limit,     // in enforce, drop what goes beyond the rate, of all connections of the device that the line holds for
};
[[nodiscard]] std::string_view text_of(PolicyAction action) noexcept;

// What is empty holds for all. Lists: one of them.
struct PolicyLine {
  std::string name;
  std::vector<AddressRange> devices;  // of the inspected side
  std::uint32_t classes = 0;          // a bit for each FindingClass; 0: all
  std::vector<std::string> recipients;
  std::vector<std::string> rules;      // as RuleException::rule
  std::vector<std::string> names;      // destinations, in lower case: each and all below it
  std::vector<AddressRange> networks;  // destinations too: a hit need be at one of the two
  LocalHours hours{};
  PolicyAction action{};
  bool although_breaks = false;  // it acts against what is known to break something, too
  bool keep_flow = false;        // the rest of the flow is evidence
  RateLimit limit{};             // where the action is `limit`

  // Of what stands in the rule itself.
  [[nodiscard]] bool is_about(FindingClass finding_class, std::string_view recipient,
                              std::string_view rule_id) const noexcept;
  // Of where it hit.
  [[nodiscard]] bool holds_at(const HitPlace& place) const noexcept;
};

using PolicyLines = std::vector<PolicyLine>;  // in order: the first that holds decides

}  // namespace sluice
