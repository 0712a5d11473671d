// Judgements as JSON: what the API and events say of them.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "control/vantage/vantage_judge.hh"

namespace sluice {

// {"checks": [...]}, in the order in which they were judged.
[[nodiscard]] nlohmann::ordered_json vantage_document(const std::vector<VantageJudgement>& judgements);
// Those that were found, for the status: a list of {"condition", "pair"}.
[[nodiscard]] nlohmann::ordered_json vantage_summary(const std::vector<VantageJudgement>& judgements);
// That one begins, or is over.
[[nodiscard]] nlohmann::ordered_json vantage_note(const VantageJudgement& judgement);

}  // namespace sluice
