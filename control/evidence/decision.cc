#include "control/evidence/decision.hh"

#include <algorithm>
#include <optional>
#include <utility>

#include "control/eve/eve_alert.hh"
#include "control/eve/eve_packet.hh"
#include "control/evidence/evidence_packets.hh"
#include "control/evidence/matched_places.hh"
#include "control/findings/wording.hh"
#include "control/text/timestamp.hh"
#include "dataplane/verdict/verdict.hh"
#include "rules/policy/rule_exception.hh"

namespace sluice {
namespace {

constexpr std::size_t rule_text_limit = 4096;  // bytes
constexpr std::size_t value_limit = 1024;      // bytes
constexpr std::size_t facts_limit = 4096;      // bytes as JSON; further facts are those of the pack
constexpr std::size_t places_room = 8192;      // bytes: places, what is said of packets, the frame of a capture

std::string stored(std::string_view text, std::size_t limit) { return stored_text(text.substr(0, limit)); }

Json rule_document(const Finding& finding, const std::optional<RuleWritten>& written) {
  const auto& rule = *finding.rule;
  Json json = {{"rule_id", stored_text(rule.rule_id)},        {"kind", text_of(rule.kind)},
               {"class", text_of(rule.finding_class)},        {"gid", rule.generator_id},
               {"signature_id", rule.signature_id},           {"rev", rule.revision},
               {"subject", stored(rule.subject, value_limit)}};
  if (written) {
    json["text"] = stored(written->text, rule_text_limit);
    if (written->text.size() > rule_text_limit) json["text_cut"] = true;
    if (!written->file.empty()) json["file"] = stored(written->file, value_limit);
    if (written->line != 0) json["line"] = written->line;
  }
  if (auto facts = rule_object(finding); facts.dump().size() <= facts_limit) json["facts"] = std::move(facts);
  return json;
}

Json flow_document(const Event& event) {
  const auto& header = event.header();
  Json flow = {{"id", header.flow_id},
               {"protocol", header.ip_protocol},
               {"source", header.source.text()},
               {"source_port", header.source_port},
               {"destination", header.destination.text()},
               {"destination_port", header.destination_port},
               {"packet_goes", is_to_client(event) ? "to_client" : "to_server"}};
  Json vlan = Json::array();
  for (const auto id : header.vlan)
    if (id != 0) vlan.push_back(id);
  if (!vlan.empty()) flow["vlan"] = std::move(vlan);
  return flow;
}

Json verdict_document(const Event& event, const Finding& finding, const ExceptionList* exceptions) {
  Json verdict = {{"action", text_of(finding.action)}, {"would", text_of(finding.would)}};
  if (const auto line = event.find(Field::policy_line)) verdict["policy_line"] = stored(line->text(), value_limit);
  if (const auto shield = event.find(Field::never_block))
    verdict["never_block"] = text_of(static_cast<Shield>(shield->integer()));
  if (exceptions == nullptr || finding.rule == nullptr) return verdict;
  for (const auto action : {ExceptionAction::suppress, ExceptionAction::permit})
    if (const auto* const found = find_exception(*exceptions, action, finding.rule->rule_id, place_of(finding)))
      verdict[action == ExceptionAction::suppress ? "suppressed_by" : "permitted_by"] = found->id;
  return verdict;
}

}  // namespace

Json capture_document(const EvidencePackets& packets) {
  Json list = Json::array();
  for (const auto& packet : packets.packets) {
    list.push_back({{"rebuilt", packet.is_rebuilt}, {"bytes", packet.bytes.size()}, {"size", packet.size}});
    if (packet.made != 0) list.back()["made"] = packet.made;
  }
  return {{"link_type", packets.link_type}, {"whole", packets.is_whole}, {"packets", std::move(list)}};
}

// What a record is about, as far as no packet is needed for it.
struct DecisionWriter::Subject {
  Finding finding;
  std::string written;  // the text of the rule, where it has one
  Json json;
};

DecisionWriter::Subject DecisionWriter::subject_of(const Event& alert) const {
  const auto generation = alert.header().generation;
  const auto* const rules = context_.rules != nullptr ? context_.rules->find(generation) : nullptr;
  const auto* const book = rules != nullptr ? rules->book.get() : nullptr;
  const auto finding = read_finding(alert, book, context_.clock_state != ClockState::unset);
  const auto written = finding.rule != nullptr ? book->written(finding.rule_row) : std::nullopt;

  Json json = {{"schema_version", decision_schema_version},
               {"record", 0},
               {"time", timestamp_text(alert.header().time)},
               {"clock_state", text_of(context_.clock_state)},
               {"tap_id", stored_text(context_.tap_id)},
               {"site", stored(context_.site, value_limit)},
               {"program", program_}};
  if (!boot_id_.empty()) json["boot_id"] = boot_id_;
  if (!context_.pcap_filename.empty()) json["capture_file"] = stored(context_.pcap_filename, value_limit);
  if (alert.header().packet != 0) json["capture_packet"] = alert.header().packet;
  json["ruleset"] = {{"digest", rules != nullptr ? stored_text(rules->digest) : ""}, {"generation", generation}};
  json["device"] = {{"surrogate", ""},
                    {"address", finding.device.text()},
                    {"certainty", finding.device_is_inside ? "inside-address" : "side-unknown"}};
  json["remote"] = finding.remote.text();
  json["flow"] = flow_document(alert);
  if (finding.rule != nullptr) {
    json["finding_id"] = finding_id(finding, context_.tap_id);
    json["rule"] = rule_document(finding, written);
    json["confidence"] = text_of(finding.confidence);
  }
  json["stage"] = text_of(finding.stage);
  json["sentence"] = stored(alert_message(finding), value_limit);
  json["verdict"] = verdict_document(alert, finding, context_.exceptions.get());
  json["matched"] = {{"field", text_of(finding.matched_field)}, {"value", stored(finding.matched_value, value_limit)}};
  return {finding, std::string{written ? written->text : ""}, std::move(json)};
}

EvidenceDraft DecisionWriter::draft(const Event& alert) const {
  auto [finding, written, json] = subject_of(alert);
  auto packets = evidence_packets(alert).value_or(EvidencePackets{});
  // That both sides took part is what more than one packet showed.
  packets.is_whole = packets.is_whole && finding.stage != Stage::connected;
  const auto used = json.dump().size() + places_room;
  packets.cut(record_bytes_ - std::min(used, record_bytes_));
  json["matched"]["places"] = matched_places(finding, written, packets);
  json["capture"] = capture_document(packets);
  return {finding.device, std::move(json), packets.capture()};
}

EvidenceDraft DecisionWriter::flow_draft(const Event& begin) const {
  auto [finding, written, json] = subject_of(begin);
  json["matched"]["places"] = Json::array();
  return {finding.device, std::move(json), {}};
}

}  // namespace sluice
