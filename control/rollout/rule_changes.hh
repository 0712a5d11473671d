// Which rules a push brings: those whose content no pack of that name had before. What is written beside a rule, as its
// source or when it was last verified, is not its content.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "dataplane/exchange/hold_file.hh"

namespace sluice {

// Of one pack; more count as all of it.
constexpr std::size_t new_rules_limit = 65'536;

// Of packs that were found good; what cannot be read has no rules.
using PackBytes = std::span<const std::uint8_t>;
[[nodiscard]] RuleIds new_rules(const std::vector<PackBytes>& before, const std::vector<PackBytes>& after);

}  // namespace sluice
