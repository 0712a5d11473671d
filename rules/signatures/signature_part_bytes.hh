// byte_test, byte_jump, byte_extract and byte_math, from their text.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rules/signatures/part_words.hh"

namespace sluice {

[[nodiscard]] std::span<const std::string_view> byte_keywords() noexcept;

// Nothing and a fault where it is none. Its result is one of `variables` then, and all that it names were there before.
[[nodiscard]] std::optional<ByteOperation> read_byte_operation(const SignatureOption& option, PartVariables& variables,
                                                               RuleFaults& faults);

}  // namespace sluice
