// A list as it stands in the header of a rule: ITEM, !ITEM or [ITEM, !ITEM, [ITEM, ...]].
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "rules/facts/rule_text.hh"

namespace sluice {

// Lists stand in lists no deeper than this.
constexpr unsigned header_nesting_limit = 8;

struct HeaderItem {
  std::string_view text;
  std::size_t at = 0;  // offset in the rule
  bool negated = false;
};

// All items of the list and of the lists in it; negation of a list is that of each of its items. `text` stands at
// `at` in the rule.
[[nodiscard]] std::vector<HeaderItem> header_items(std::string_view text, std::size_t at, RuleFaults& faults);

}  // namespace sluice
