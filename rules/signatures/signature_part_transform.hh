// The keywords behind a sticky buffer that turn what it holds into something else.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rules/signatures/part_words.hh"

namespace sluice {

[[nodiscard]] std::span<const std::string_view> transform_keywords() noexcept;

// Nothing and a fault where it is none.
[[nodiscard]] std::optional<Transform> read_transform(const SignatureOption& option, RuleFaults& faults);

}  // namespace sluice
