// What the text of an indicator means: the name, address, range or digest that is matched.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "rules/facts/rule_facts.hh"
#include "rules/names/address.hh"

namespace sluice {

// A prefix shorter than this covers a large part of the internet, which is more often a typing error than a wish.
constexpr unsigned shortest_ipv4_prefix = 8;
constexpr unsigned shortest_ipv6_prefix = 16;

struct IndicatorMeaning {
  std::string name;    // as Indicator's
  AddressRange range;  // the same
};

// `text` without blanks around it. The error says what is wrong with it and what to write.
[[nodiscard]] tl::expected<IndicatorMeaning, std::string> read_indicator_text(RuleKind kind, std::string_view text);

// Equal for two rows that match the same: kind ':' and the name, the digest, the address, or the prefix in its RFC 5952
// form.
[[nodiscard]] std::string indicator_key(RuleKind kind, const IndicatorMeaning& meaning);

}  // namespace sluice
