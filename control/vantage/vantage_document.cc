#include "control/vantage/vantage_document.hh"

#include "control/text/safe_text.hh"
#include "control/text/timestamp.hh"
#include "control/vantage/vantage_text.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

Json named(const VantageJudgement& judgement) {
  Json document{{"condition", text_of(judgement.condition)}};
  if (!judgement.pair.empty()) document["pair"] = stored_text(judgement.pair);
  return document;
}

}  // namespace

Json vantage_document(const std::vector<VantageJudgement>& judgements) {
  auto checks = Json::array();
  for (const auto& judgement : judgements) {
    auto check = named(judgement);
    check["state"] = vantage_state_names[static_cast<std::size_t>(judgement.state)];
    check["severity"] = is_of_wiring(judgement.condition) ? "wrong" : "notice";
    check["since"] = timestamp_text(judgement.since);
    check["says"] = vantage_text(judgement);
    if (judgement.state == VantageState::found) {
      check["remedy"] = vantage_remedy(judgement.condition);
      check["figures"] = Json::object();
      for (const auto& [name, number] : judgement.figures) check["figures"][std::string{name}] = number;
      if (!judgement.devices.empty()) check["devices"] = judgement.devices;
    }
    checks.push_back(std::move(check));
  }
  return {{"checks", std::move(checks)}};
}

Json vantage_summary(const std::vector<VantageJudgement>& judgements) {
  auto found = Json::array();
  for (const auto& judgement : judgements)
    if (judgement.state == VantageState::found) found.push_back(named(judgement));
  return found;
}

Json vantage_note(const VantageJudgement& judgement) {
  auto note = named(judgement);
  const bool begins = judgement.state == VantageState::found;
  note["state"] = begins ? "begun" : "over";
  if (begins) note["says"] = vantage_text(judgement);
  return note;
}

}  // namespace sluice
