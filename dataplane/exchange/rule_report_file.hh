// A RuleReport as bytes, for the control plane, which takes them for hostile.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "dataplane/match/rule_report.hh"

namespace sluice {

constexpr std::size_t rule_report_size_limit = std::size_t{256} << 20U;  // bytes

[[nodiscard]] std::vector<std::uint8_t> encode_rule_report(const RuleReport& report);
// Nothing where it is none, or is cut. `row` of a rule is not carried.
[[nodiscard]] std::optional<RuleReport> decode_rule_report(Bytes file);

}  // namespace sluice
