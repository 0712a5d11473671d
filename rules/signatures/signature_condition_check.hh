// What a condition of a signature may be, wherever it came from.
#pragma once

#include <cstddef>
#include <string_view>

#include "rules/signatures/signature_condition.hh"

namespace sluice {

constexpr std::size_t signature_condition_limit = 64;  // conditions of a rule
constexpr std::size_t condition_names_limit = 16;      // names of one
constexpr std::size_t condition_name_limit = 256;      // bytes of a name

// What is wrong with it as a value; empty where nothing is.
[[nodiscard]] std::string_view fault_of(const SignatureCondition& condition) noexcept;

struct Signature;

// The event that it waits for and that this program never tells; empty where there is none. Such a rule matches
// nothing.
[[nodiscard]] std::string_view untold_event(const Signature& signature) noexcept;

}  // namespace sluice
