#include "control/packs/rule_cost.hh"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <vector>

#include "control/text/safe_text.hh"
#include "control/text/timestamp.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

// Null where it would be a share of nothing. Six digits: what is beyond is noise.
Json share(double part, double whole) {
  constexpr double digits = 1e6;
  return whole > 0 ? Json(std::round(part / whole * digits) / digits) : Json{};
}

std::string_view action_text(SignatureAction action) {
  switch (action) {
    case SignatureAction::alert: return "alert";
    case SignatureAction::drop: return "drop";
    case SignatureAction::pass: return "pass";
    case SignatureAction::reject:
    case SignatureAction::reject_destination:
    case SignatureAction::reject_both: return "reject";
  }
  return "alert";
}

Json row(const RuleReportRow& rule, double all, double time) {
  const auto& label = rule.label;
  Json document = {{"rule_id", stored_text(label.rule_id)},
                   {"signature_id", label.sid},
                   {"signature", stored_text(label.subject)},
                   {"action", action_text(label.action)},
                   {"file", label.file.empty() ? Json{} : Json(stored_text(label.file))},
                   {"line", label.line == 0 ? Json{} : Json(label.line)},
                   {"checked", rule.checked},
                   {"matched", rule.matched},
                   {"sampled", rule.sampled},
                   {"cycles_per_check", rule.sampled == 0 ? Json{} : Json(rule.cycles / rule.sampled)},
                   {"cycles", rule.estimated},
                   {"share", share(static_cast<double>(rule.estimated), all)},
                   {"share_of_time", share(static_cast<double>(rule.estimated), time)},
                   {"limits", rule.limits},
                   {"skipped", rule.skipped},
                   {"exempt", rule.exempt},
                   {"suspended", nullptr}};
  if (rule.suspension != Suspension::none)
    document["suspended"] = {{"cause", suspension_names[static_cast<std::size_t>(rule.suspension)]},
                             {"since", timestamp_text(tick_from_nanoseconds(rule.suspended_ns))}};
  return document;
}

}  // namespace

Json rule_cost_document(const RuleReport& report) {
  std::vector<const RuleReportRow*> rules;
  for (const auto& rule : report.rules) rules.push_back(&rule);
  std::sort(rules.begin(), rules.end(), [](const auto* a, const auto* b) {
    return std::tie(b->estimated, b->checked, a->label.rule_id) < std::tie(a->estimated, a->checked, b->label.rule_id);
  });
  const auto all = std::accumulate(rules.begin(), rules.end(), 0.0, [](double sum, const auto* rule) {
    return sum + static_cast<double>(rule->estimated);
  });
  Json document = {{"generation", report.generation},
                   {"signatures", report.signatures},
                   {"never_tried", report.signatures - std::min<std::uint64_t>(report.signatures, rules.size())},
                   {"suspended", std::count_if(rules.begin(), rules.end(),
                                               [](const auto* rule) { return rule->suspension != Suspension::none; })},
                   {"workers", report.workers},
                   {"cycles", static_cast<std::uint64_t>(all)},
                   {"rules", Json::array()}};
  const auto time = static_cast<double>(report.elapsed) * report.workers;
  for (const auto* rule : rules) document["rules"].push_back(row(*rule, all, time));
  return document;
}

std::string rule_cost_text(const RuleReport& report) {
  return rule_cost_document(report).dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace sluice
