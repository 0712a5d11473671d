// The classtypes of rules in Suricata's language, and which of our finding classes they stand for.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rules/rule_facts.hh"

namespace sluice {

// Those of the classification.config that Suricata ships; nothing for another. Only where the two clearly mean the same
// does a finding class come out, else `unclassified`: a class is about what a device sends, a classtype mostly about an
// attack.
[[nodiscard]] std::optional<FindingClass> class_of_classtype(std::string_view classtype) noexcept;

[[nodiscard]] std::span<const std::string_view> classtype_texts() noexcept;

}  // namespace sluice
