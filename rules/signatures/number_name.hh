// The names that standards and rules have for the numbers of a message.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rules/signatures/message_number.hh"

namespace sluice {

struct NamedNumber {
  std::string_view name;  // in lower case
  std::uint64_t value;
};

// Empty where numbers have no names.
[[nodiscard]] std::span<const NamedNumber> names_of(MessageNumber number) noexcept;

}  // namespace sluice
