// Values that are words with commas between them, the numbers in them, and the variables that stand for numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/part_check.hh"
#include "rules/signatures/signature_option.hh"

namespace sluice {

struct PartWord {
  std::string_view text;
  std::size_t at = 0;
};

// The value at its commas, each word without the blanks around it; none where there is no value.
[[nodiscard]] std::vector<PartWord> comma_words(const SignatureOption& option);
// The same at the first run of blanks: "offset 4" into "offset" and "4".
[[nodiscard]] std::pair<PartWord, PartWord> name_and_value(const PartWord& word);

// Decimal, or hex behind 0x; nothing where it is no such number or not within the bounds.
[[nodiscard]] std::optional<std::int64_t> signed_number(std::string_view text, std::int64_t low, std::int64_t high);
[[nodiscard]] std::optional<std::uint64_t> unsigned_number(std::string_view text);

// The variables of one rule, in the order in which its parts set them.
class PartVariables {
 public:
  [[nodiscard]] PartVariable find(std::string_view name) const;
  // The place of a name, new or known; nothing where there is no room, or it is no name.
  [[nodiscard]] PartVariable set(std::string_view name);

 private:
  std::vector<std::string> names_;
};

}  // namespace sluice
