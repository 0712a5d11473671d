// What signatures cost, as a document: of a running tap and of a replay alike. control/README.md lists the keys.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "dataplane/match/rule_report.hh"

namespace sluice {

// The dearest first; those that were never tried are counted alone.
[[nodiscard]] nlohmann::ordered_json rule_cost_document(const RuleReport& report);
[[nodiscard]] std::string rule_cost_text(const RuleReport& report);

}  // namespace sluice
