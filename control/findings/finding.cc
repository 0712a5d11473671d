#include "control/findings/finding.hh"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "control/findings/vendor_message.hh"
#include "control/text/safe_text.hh"
#include "control/text/timestamp.hh"
#include "control/text/uuid.hh"
#include "dataplane/sets/ruleset.hh"

namespace sluice {
namespace {

// Drawn once at random for findings of this program; an id of the first release must still be the same in the last.
constexpr Uuid finding_name_space{
    {0x4b, 0x3b, 0x06, 0x03, 0x3a, 0xef, 0x4f, 0x78, 0xa6, 0xe8, 0x18, 0x3b, 0x8e, 0x42, 0x2c, 0x7f}};

Stage stage_from(std::uint64_t value) noexcept {
  return value >= static_cast<std::uint64_t>(Stage::name_looked_up) &&
                 value <= static_cast<std::uint64_t>(Stage::content_decoded)
             ? static_cast<Stage>(value)
             : Stage{};
}

Action action_from(std::uint64_t value) noexcept {
  return value == static_cast<std::uint64_t>(Action::drop) ? Action::drop : Action::pass;
}

void judge_confidence(Finding& finding, bool clock_is_set) {
  if (finding.rule == nullptr) return;
  Rule rule;
  rule.expire_at(finding.rule->expires_ns);
  finding.confidence = finding.rule->confidence;
  if (finding.is_by_address())
    finding.lowered = Lowered::address_alone;
  else if (clock_is_set && rule.is_expired(finding.time))
    finding.lowered = Lowered::expired;
  if (finding.lowered != Lowered::no) finding.confidence = Confidence::low;
}

}  // namespace

bool Finding::is_by_address() const noexcept {
  if (rule != nullptr && rule->kind == RuleKind::signature) return false;  // its content matched, wherever it went
  if (matched_field == Field::destination_ip) return true;
  return rule != nullptr && (rule->kind == RuleKind::ip || rule->kind == RuleKind::cidr);
}

std::string Finding::destination() const {
  // What a fingerprint matched is no place that anything went to.
  if (matched_value.empty() || (rule != nullptr && is_fingerprint(rule->kind))) return remote.text();
  std::string name{matched_value};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (name.size() > 1 && name.back() == '.') name.pop_back();
  return name;
}

Finding read_finding(const Event& alert, const RuleBook* rules, bool clock_is_set) {
  const auto& header = alert.header();
  Finding finding;
  finding.time = header.time;
  finding.device_is_inside = header.inside == Inside::source || header.inside == Inside::destination;
  for (const auto& field : alert) {
    switch (field.field) {
      case Field::rule_row:
        finding.rule_row = field.integer();
        finding.rule = rules != nullptr ? rules->facts(finding.rule_row) : nullptr;
        break;
      case Field::matched_field: finding.matched_field = static_cast<Field>(field.integer()); break;
      case Field::matched_value: finding.matched_value = field.text(); break;
      case Field::alias_target: finding.alias_target = field.text(); break;
      case Field::stage: finding.stage = stage_from(field.integer()); break;
      case Field::action: finding.action = action_from(field.integer()); break;
      case Field::would: finding.would = action_from(field.integer()); break;
      case Field::vendor_request_again: finding.is_repeated = true; break;
      default: break;  // what a message carried is not about the finding
    }
  }
  const bool is_source_listed = !finding.device_is_inside && finding.matched_field == Field::destination_ip &&
                                finding.matched_value == header.source.text();
  const bool is_destination = header.inside == Inside::destination || is_source_listed;
  finding.device = is_destination ? header.destination : header.source;
  finding.remote = is_destination ? header.source : header.destination;
  finding.vlan = header.vlan[0];
  judge_confidence(finding, clock_is_set);
  if (alert.find(Field::vendor_request_target)) finding.decoded = vendor_message(alert);
  if (finding.decoded && finding.decoded->is_decoded()) finding.stage = std::max(finding.stage, Stage::content_decoded);
  return finding;
}

HitPlace place_of(const Finding& finding) noexcept {
  HitPlace place{finding.device,      finding.vlan, finding.matched_value, {}, nanoseconds_since_epoch(finding.time),
                 finding.alias_target};
  // The data plane decides by the same: an address that matched, else the other end, but of a question about a name.
  if (finding.matched_field == Field::destination_ip)
    place.remote = Address::parse(finding.matched_value);
  else if (finding.matched_field != Field::dns_query_name)
    place.remote = finding.remote;
  return place;
}

std::string finding_id(const Finding& finding, std::string_view tap_id) {
  if (finding.rule == nullptr) return {};
  // A JSON array is a name that no value can forge by holding the separator.
  const nlohmann::json name = {stored_text(tap_id), finding.device.text(), stored_text(finding.rule->rule_id),
                               stored_text(finding.destination()), day_text(finding.time)};
  return Uuid::named(finding_name_space, name.dump()).text();
}

unsigned severity(FindingClass finding_class, Confidence confidence) noexcept {
  const auto surest = [&]() -> unsigned {
    switch (finding_class) {
      case FindingClass::spyware_indicator:
      case FindingClass::stalkerware_indicator:
      case FindingClass::known_c2_indicator: return 1;
      case FindingClass::weak_encryption:
      case FindingClass::clear_text_identifier:
      case FindingClass::keyboard_input: return 2;
      case FindingClass::telemetry:
      case FindingClass::advertising:
      case FindingClass::dns_bypass:
      case FindingClass::remote_content_list:
      case FindingClass::anonymiser:
      case FindingClass::unclassified: return 3;
    }
    return 3;
  }();
  constexpr unsigned least_severe = 4;
  if (confidence == Confidence::low) return std::min(surest + 2, least_severe);
  if (confidence == Confidence::medium) return std::min(surest + 1, least_severe);
  return surest;
}

}  // namespace sluice
