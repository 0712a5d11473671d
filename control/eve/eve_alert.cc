#include "control/eve/eve_alert.hh"

#include <algorithm>
#include <string_view>
#include <utility>

#include "control/eve/eve_objects.hh"
#include "control/findings/wording.hh"
#include "control/text/safe_text.hh"
#include "dataplane/packet/packet.hh"
#include "rules/facts/classtype.hh"

namespace sluice {
namespace {

// As Suricata writes it: each key of the rule's keyword with a list of its values. A key without value is left out.
Json metadata_of(std::string_view written) {
  constexpr std::string_view blanks = " \t";
  Json metadata = Json::object();
  while (!written.empty()) {
    auto pair = written.substr(0, written.find(','));
    written.remove_prefix(std::min(pair.size() + 1, written.size()));
    pair.remove_prefix(std::min(pair.find_first_not_of(blanks), pair.size()));
    const auto key = pair.substr(0, pair.find_first_of(blanks));
    pair.remove_prefix(std::min(pair.find_first_not_of(blanks, key.size()), pair.size()));
    if (pair.empty()) continue;
    metadata[stored_text(key)].push_back(stored_text(pair.substr(0, pair.find_last_not_of(blanks) + 1)));
  }
  return metadata;
}

}  // namespace

// In the form of a rule's metadata: each key with a list of texts. What the list leaves empty is left out.
Json rule_object(const Finding& finding) {
  Json metadata = Json::object();
  const auto put = [&](const char* key, std::string_view value) {
    if (!value.empty()) metadata[key] = Json::array({stored_text(value)});
  };
  const auto& rule = *finding.rule;
  put("rule_id", rule.rule_id);
  put(rule.kind == RuleKind::signature ? "msg" : "indicator", rule.subject);
  put("recipient", rule.recipient);
  put("role", rule.role);
  put("purpose", rule.purpose);
  put("confidence", text_of(finding.confidence));
  put("stage", text_of(finding.stage));
  put("source", rule.source);
  put("carries", rule.carries);
  put("breaks", rule.breaks);
  put("first_seen", rule.first_seen);
  put("last_verified", rule.last_verified);
  put("expires", rule.expires);
  put("licence", rule.licence);
  put("tlp", rule.tlp);
  for (const auto text : other_explanations(rule.finding_class, finding.stage, finding.is_by_address()))
    metadata["other_explanations"].push_back(text);
  return metadata;
}

namespace {

// Of a signature the author says what it is and how urgent: by classtype and priority as in Suricata, or by the class
// of its metadata, as an indicator does, so that the same finding weighs the same whatever found it.
bool is_by_classtype(const RuleFacts& rule) {
  return rule.kind == RuleKind::signature && (rule.classtype != 0 || rule.priority != RuleFacts{}.priority ||
                                              rule.finding_class == FindingClass::unclassified);
}

unsigned severity_of(const Finding& finding) {
  const auto& rule = *finding.rule;
  return is_by_classtype(rule) ? rule.priority : severity(rule.finding_class, finding.confidence);
}

std::string_view category_of(const RuleFacts& rule) {
  return is_by_classtype(rule) ? classtype_description(rule.classtype) : text_of(rule.finding_class);
}

}  // namespace

Json alert_object(const Event& event, const Finding& finding) {
  const auto* const rule = finding.rule.get();
  const auto own = event.find(Field::rule_action);
  const bool is_signature = rule != nullptr && rule->kind == RuleKind::signature;
  const bool asks = !own || own->integer() == static_cast<std::uint64_t>(Action::drop);
  Json alert = {{"action", finding.action == Action::drop && asks ? "blocked" : "allowed"},
                {"gid", rule != nullptr ? rule->generator_id : alert_generator_id},
                {"signature_id", rule != nullptr ? rule->signature_id : first_signature_id},
                {"rev", rule != nullptr ? rule->revision : 1},
                {"signature", is_signature ? stored_text(rule->subject) : alert_message(finding)},
                {"category", rule != nullptr ? category_of(*rule) : ""},
                {"severity", rule != nullptr ? severity_of(finding) : 4}};
  if (rule != nullptr && !is_signature) alert["metadata"] = rule_object(finding);
  if (is_signature)
    if (auto written = metadata_of(rule->metadata); !written.empty()) alert["metadata"] = std::move(written);
  return alert;
}

Json verdict_object(const Event& event, Action action) {
  const bool passed = event.find(Field::packet_passed).has_value();
  Json verdict = {{"action", action == Action::drop ? "drop" : passed ? "pass" : "alert"}};
  const auto field = event.find(Field::reject_target);
  if (!field) return verdict;
  std::string_view target;
  switch (static_cast<RejectTarget>(field->integer())) {
    case RejectTarget::source: target = "to_client"; break;
    case RejectTarget::destination: target = "to_server"; break;
    case RejectTarget::both: target = "both"; break;
    default: return verdict;
  }
  for (const auto* const key : {"reject-target", "reject_target"}) verdict[key] = target;
  switch (event.header().ip_protocol) {
    case ip_protocol::tcp: verdict["reject"] = Json::array({"tcp-reset"}); break;
    case ip_protocol::udp:
    case ip_protocol::icmp:
    case ip_protocol::icmp_v6: verdict["reject"] = Json::array({"icmp-prohib"}); break;
    default: verdict["reject"] = Json::array(); break;
  }
  return verdict;
}

}  // namespace sluice
