// The classtypes of rules in Suricata's language: what each says, how urgent it is, and which of our finding classes it
// stands for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rules/facts/rule_facts.hh"

namespace sluice {

struct Classtype {
  std::string_view name;
  std::string_view description;  // EVE's alert.category
  std::uint8_t priority = 0;
};

// Those of the classification.config that Suricata ships. The number of one is its place, from 1; numbers stand in
// packs: append only.
[[nodiscard]] std::span<const Classtype> classtypes() noexcept;

constexpr std::uint8_t no_classtype = 0;
constexpr std::uint8_t unknown_classtype = 255;  // a rule names one that is not in the list
constexpr std::uint8_t default_priority = 3;     // of a rule that says nothing, or names such a one

[[nodiscard]] std::uint8_t classtype_number(std::string_view name) noexcept;
[[nodiscard]] bool is_classtype(std::uint8_t number) noexcept;
// Of any number: what is none says nothing.
[[nodiscard]] std::string_view classtype_description(std::uint8_t number) noexcept;
[[nodiscard]] std::uint8_t classtype_priority(std::uint8_t number) noexcept;
// Only where the two clearly mean the same does a finding class come out, else `unclassified`: a class is about what a
// device sends, a classtype mostly about an attack.
[[nodiscard]] FindingClass class_of_classtype(std::uint8_t number) noexcept;

}  // namespace sluice
