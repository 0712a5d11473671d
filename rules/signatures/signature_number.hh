// Numbers of a rule's conditions on packets and flows: what rules/signatures/integer_test.hh reads, in the form that
// conditions have. Of masks (&0x0f=1), those that ask for all of their bits, for not all, or for any.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/signatures/signature_condition.hh"

namespace sluice {

struct ComparedNumber {
  Comparison comparison = Comparison::equal;
  std::uint64_t first = 0;
  std::uint64_t second = 0;  // of between and outside

  [[nodiscard]] bool holds(std::uint64_t value) const noexcept;
};

// As read_integer() has it, with blanks around it.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view text, std::uint64_t most) noexcept;
// Nothing where it is none of the forms, or one that no number or every number meets.
[[nodiscard]] std::optional<ComparedNumber> compared_number(std::string_view text, std::uint64_t most) noexcept;

}  // namespace sluice
