// The keywords that ask something else of a buffer than bytes and expressions: isdataat, bsize, urilen, base64_decode,
// absent, and the byte operations.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rules/signatures/dataset_file.hh"
#include "rules/signatures/part_words.hh"

namespace sluice {

[[nodiscard]] std::span<const std::string_view> check_keywords() noexcept;

// Nothing and a fault where it is none.
[[nodiscard]] std::optional<PartCheck> read_part_check(const SignatureOption& option, PartVariables& variables,
                                                       DatasetFiles& datasets, RuleFaults& faults);

// Of urilen, behind its number: whether it says raw.
[[nodiscard]] bool is_raw_length(const SignatureOption& option);

}  // namespace sluice
