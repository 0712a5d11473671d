// One row of an indicator list: a name, an address, a range or a digest to look for.
#pragma once

#include <string>
#include <vector>

#include "rules/facts/rule_facts.hh"
#include "rules/names/address.hh"

namespace sluice {

struct Indicator {
  RuleFacts facts;
  // domain and host: lower case, A-labels, no trailing dot; digests: lower case; url: as HttpUrl::text(); else empty
  std::string name;
  AddressRange range;  // ip and cidr; else unset
};

using IndicatorList = std::vector<Indicator>;

}  // namespace sluice
