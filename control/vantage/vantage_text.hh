// What a judgement says, and what to do about it, in plain English: a sentence or two each.
#pragma once

#include <string>
#include <string_view>

#include "control/vantage/vantage_judge.hh"

namespace sluice {

// What was found; what is not known, or was not found, says so.
[[nodiscard]] std::string vantage_text(const VantageJudgement& judgement);
[[nodiscard]] std::string_view vantage_remedy(VantageCondition condition) noexcept;

}  // namespace sluice
