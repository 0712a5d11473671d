// What people write of a rule beside what it matches (its class, who receives, since when), checked in one place: the
// columns of an indicator list and the metadata of a signature mean the same.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "rules/facts/rule_facts.hh"

namespace sluice {

// Every fact, by the name of its column and of its metadata key.
constexpr std::array<std::string_view, 13> rule_fact_names{
    "class",  "recipient", "role", "purpose",    "carries",       "confidence", "breaks",
    "source", "licence",   "tlp",  "first_seen", "last_verified", "expires"};

[[nodiscard]] bool is_rule_fact(std::string_view name) noexcept;

// Sets one fact from its text. The text is not empty and name is one of rule_fact_names. What is wrong comes back, with
// the remedy.
[[nodiscard]] std::optional<std::string> set_rule_fact(RuleFacts& facts, std::string_view name, std::string_view text);

// Once all are set: what is wrong between them. The fault is last_verified's.
[[nodiscard]] std::optional<std::string> fault_of_dates(const RuleFacts& facts);

}  // namespace sluice
