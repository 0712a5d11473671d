// Numbers of a rule's conditions, as Suricata writes what they are compared with: 5, =5, !5, <5, <=5, >5, >=5, 5<>9 and
// 5-9 (both without their ends), !5-9.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/signature_condition.hh"

namespace sluice {

struct ComparedNumber {
  Comparison comparison = Comparison::equal;
  std::uint64_t first = 0;
  std::uint64_t second = 0;  // of between and outside

  [[nodiscard]] bool holds(std::uint64_t value) const noexcept;
};

// Decimal, or hexadecimal behind 0x; nothing where it is no number or more than `most`.
[[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view text, std::uint64_t most) noexcept;
// Nothing where it is none of the forms, or a range that nothing lies between.
[[nodiscard]] std::optional<ComparedNumber> compared_number(std::string_view text, std::uint64_t most) noexcept;

}  // namespace sluice
