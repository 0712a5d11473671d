// One row of an indicator list: a name, an address, a range or a digest to look for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/address.hh"
#include "rules/rule_facts.hh"

namespace sluice {

struct Indicator {
  RuleFacts facts;
  // domain and host: lower case, A-labels, no trailing dot; digests: lower case; url: as HttpUrl::text(); else empty
  std::string name;
  AddressRange range;  // ip and cidr; else unset
};

using IndicatorList = std::vector<Indicator>;

// Name of the list + '/' + the row's own id; without one, the first 16 hex digits of SHA-256 over
// "kind:normalised indicator". Never from the row's position. `normalised` is the name, the digest, the address, or the
// prefix in its RFC 5952 form.
[[nodiscard]] std::string derived_id(RuleKind kind, std::string_view normalised);

}  // namespace sluice
