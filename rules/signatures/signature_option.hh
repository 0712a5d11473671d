// The options of a rule, as they are written between its parentheses: NAME; or NAME:VALUE;
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/facts/rule_text.hh"

namespace sluice {

// Views point into the rule's text; offsets count from its start.
struct SignatureOption {
  std::string name;                       // in lower case: Suricata takes keywords in any
  std::size_t at = 0;                     // of the name
  std::optional<std::string_view> value;  // without the blanks at both ends
  std::size_t value_at = 0;
};

// The options in rule[begin, end), in order. What is no option is a fault, and reading goes on behind it.
[[nodiscard]] std::vector<SignatureOption> split_options(std::string_view rule, std::size_t begin, std::size_t end,
                                                         RuleFaults& faults);

// A value in quotes, escapes still in it.
struct QuotedValue {
  std::string_view text;
  std::size_t at = 0;    // of the first character behind the opening quote
  bool negated = false;  // !"..."
};

// Nothing and a fault where the value is missing, stands not in quotes or may not be negated.
[[nodiscard]] std::optional<QuotedValue> quoted_value(const SignatureOption& option, bool may_be_negated,
                                                      RuleFaults& faults);

// The text with \" \\ \; and \: resolved; nothing and a fault at another escape. `what` names it in messages.
[[nodiscard]] std::optional<std::string> unescaped(const QuotedValue& value, std::string_view what, RuleFaults& faults);

}  // namespace sluice
