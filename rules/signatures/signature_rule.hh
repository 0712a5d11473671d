// One rule of Suricata's language: from its text to a checked signature.
#pragma once

#include <optional>
#include <string_view>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/dataset_file.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

constexpr std::size_t rule_size_limit = 8192;  // bytes of a rule, as in Suricata

// The signature, or nothing and at least one more fault. All faults of the rule are reported, not only the first.
[[nodiscard]] std::optional<Signature> read_signature(const RuleText& rule, std::string_view list_name,
                                                      DatasetFiles& datasets, RuleFaults& faults);

}  // namespace sluice
