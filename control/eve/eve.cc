#include "control/eve/eve.hh"

#include <fmt/format.h>
#include <utility>

#include "control/eve/eve_alert.hh"
#include "control/eve/eve_content.hh"
#include "control/eve/eve_device.hh"
#include "control/eve/eve_dhcp.hh"
#include "control/eve/eve_dns.hh"
#include "control/eve/eve_file_info.hh"
#include "control/eve/eve_http.hh"
#include "control/eve/eve_ipv6.hh"
#include "control/eve/eve_objects.hh"
#include "control/eve/eve_packet.hh"
#include "control/eve/eve_stats.hh"
#include "control/eve/eve_tls.hh"
#include "control/eve/eve_tunnel.hh"
#include "control/eve/eve_variables.hh"
#include "control/eve/eve_vendor.hh"
#include "control/findings/vendor_message.hh"
#include "control/findings/wording.hh"
#include "control/text/safe_text.hh"
#include "control/text/timestamp.hh"

namespace sluice {
namespace {

// IANA protocol numbers.
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t sctp = 132;

std::string one_line(const Json& line) {
  // All text was made valid before; `replace` only keeps a mistake from becoming an exception.
  return line.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view type_text(EventType type) {
  switch (type) {
    case EventType::alert: return "alert";
    case EventType::dns: return "dns";
    case EventType::tls: return "tls";
    case EventType::quic: return "quic";
    case EventType::http: return "http";
    case EventType::flow: return "flow";
    case EventType::xiaomi_push: return "xiaomi_push";
    case EventType::dhcp: return "dhcp";
    case EventType::mqtt: return "mqtt";
    case EventType::ntp: return "ntp";
    case EventType::stun: return "stun";
    case EventType::ssh: return "ssh";
    case EventType::mdns: return "mdns";
    case EventType::llmnr: return "llmnr";
    case EventType::netbios: return "netbios";
    case EventType::ssdp: return "ssdp";
    case EventType::arp: return "arp";
    case EventType::neighbour_discovery: return "nd";
    case EventType::drop: return "drop";
    case EventType::anomaly: return "anomaly";
    case EventType::fileinfo: return "fileinfo";
    case EventType::sighting:
    case EventType::kept_flow: break;  // of no line
  }
  return "unknown";
}

void put_ends(Json& object, const EventHeader& header, bool is_reversed) {
  const bool has_ports = header.ip_protocol == tcp || header.ip_protocol == udp || header.ip_protocol == sctp;
  object["src_ip"] = (is_reversed ? header.destination : header.source).text();
  if (has_ports) object["src_port"] = is_reversed ? header.destination_port : header.source_port;
  object["dest_ip"] = (is_reversed ? header.source : header.destination).text();
  if (has_ports) object["dest_port"] = is_reversed ? header.source_port : header.destination_port;
}

// Of the flow, where the event is about a packet: of an error of ICMP they are not the packet's.
void put_flow_ends(Json& object, const Event& event) {
  const auto put_end = [&](const char* address_key, const char* port_key, Field address, Field port) {
    const auto ends = event.find(address);
    if (!ends || ends->text().size() != sizeof(Address::bytes)) return false;
    object[address_key] = Address::v6(as_bytes(ends->text()).first<16>()).text();
    if (const auto number = event.find(port)) object[port_key] = number->integer();
    return true;
  };
  if (!put_end("src_ip", "src_port", Field::flow_source, Field::flow_source_port))
    return put_ends(object, event.header(), false);
  (void)put_end("dest_ip", "dest_port", Field::flow_destination, Field::flow_destination_port);
}

// `is_reversed`: the event is about a packet of the responder.
void put_addresses(Json& line, const EventHeader& header, bool is_reversed) {
  Json vlan = Json::array();
  for (const auto id : header.vlan)
    if (id != 0) vlan.push_back(id);
  if (!vlan.empty()) line["vlan"] = std::move(vlan);

  // ARP has none of its own: they stand in its message. Nor has a packet whose headers could not be read.
  if (header.source == Address{} && header.destination == Address{}) return;
  put_ends(line, header, is_reversed);
  line["proto"] = ip_protocol_text(header.ip_protocol);
  line["ip_v"] = header.source.is_v4() ? 4 : 6;
  if (header.inside == Inside::source) line["device"] = header.source.text();
  if (header.inside == Inside::destination) line["device"] = header.destination.text();
}

// Of a flow without a known protocol: "failed" where payload was looked at in vain. A TCP flow without PSH carried
// none worth the word.
std::string_view flow_protocol_text(const Event& event) {
  const auto protocol = event.find(Field::flow_protocol);
  const auto name = protocol ? text_of(static_cast<Protocol>(protocol->integer())) : std::string_view{};
  if (!name.empty()) return name;
  const auto flags = event.find(Field::flow_tcp_flags);
  constexpr std::uint64_t push = 0x08;
  const bool had_payload = event.header().ip_protocol == udp || (flags && (flags->integer() & push) != 0);
  return had_payload ? "failed" : "unknown";
}

std::string_view protocol_of(Field field) {
  if (field >= Field::dns_response && field <= Field::dns_authority_count) return "dns";
  if (field >= Field::tls_sni && field <= Field::tls_version_legacy) return "tls";
  if (field == Field::quic_version || field == Field::quic_sni) return "quic";
  if (field >= Field::http_method && field <= Field::http_header_value) return "http";
  if (field >= Field::http_status && field <= Field::http_part_type) return "http";
  if (field >= Field::vendor_command && field <= Field::network_name) return "xiaomi_push";
  return "";
}

bool has_any(const Event& event, Field first, Field last) {
  for (const auto& field : event)
    if (field.field >= first && field.field <= last) return true;
  return false;
}

// Of a flow: how much of it could be seen, and why nothing.
void put_visibility(Json& own, std::uint64_t number) {
  if (number >= visibility_names.size()) return;
  const auto visibility = static_cast<Visibility>(number);
  own.emplace("visibility", visibility_text(visibility));
  if (shows_nothing(visibility)) own.emplace("visibility_reason", visibility_names[number]);
}

void put_encrypted_dns(Json& own, EncryptedDns kind) {
  if (const auto text = text_of(kind); !text.empty()) own.emplace("encrypted_dns", text);
}

// What a message showed that Suricata has no place for. A QUIC ClientHello has no `tls` object to hold its ALPN.
Json own_fields(const Event& event, bool is_quic) {
  Json own = Json::object();
  Json alpns = Json::array();
  for (const auto& field : event) {
    if (field.field == Field::dns_authority_count)
      own.emplace("dns_authority_count", field.integer());
    else if (field.field == Field::resolved_name)
      own.emplace("resolved_name", stored_text(field.text()));
    else if (field.field == Field::alias_target)
      own.emplace("alias_target", stored_text(field.text()));
    else if (field.field == Field::never_block)
      own.emplace("never_block", text_of(static_cast<Shield>(field.integer())));
    else if (field.field == Field::dns_answer)
      own.emplace("dns_answer", text_of(static_cast<DnsAnswer>(field.integer())));
    else if (field.field == Field::restraint && field.integer() < restraint_names.size())
      own.emplace("restraint", restraint_names[field.integer()]);
    else if (field.field == Field::ech_answer && field.integer() < ech_answer_names.size())
      own.emplace("ech_keys", ech_answer_names[field.integer()]);
    else if (field.field == Field::policy_line)
      own.emplace("policy", stored_text(field.text()));
    else if (field.field == Field::never_resolved)
      own.emplace("never_resolved", true);
    else if (field.field == Field::flow_visibility)
      put_visibility(own, field.integer());
    else if (field.field == Field::flow_would)
      own.update({{"action", text_of(Action::pass)}, {"would", text_of(static_cast<Action>(field.integer()))}});
    else if (field.field == Field::encrypted_dns)
      put_encrypted_dns(own, static_cast<EncryptedDns>(field.integer()));
    else if (field.field == Field::tls_alpn && is_quic)
      alpns.push_back(stored_text(field.text()));
  }
  if (!alpns.empty()) own["client_alpns"] = std::move(alpns);
  if (auto parts = form_parts(event); !parts.empty()) own["http_form"] = std::move(parts);
  put_tunnel(own, event);
  put_own_of_handshake(own, event);
  return own;
}

// The objects of the event's own type always, others where fields of theirs came along (an alert's context).
void put_protocols(Json& line, const Event& event, const Redactor* redactor) {
  const auto type = event.header().type;
  const bool is_quic = type == EventType::quic || has_any(event, Field::quic_version, Field::quic_sni);
  const bool is_device = put_device_object(line, event, redactor);
  if (type == EventType::dns || (!is_device && has_any(event, Field::dns_response, Field::dns_answer_data)))
    line["dns"] = dns_object(event);
  if (type == EventType::tls || (!is_quic && has_any(event, Field::tls_sni, Field::tls_version_legacy)))
    line["tls"] = tls_object(event);
  if (is_quic) line["quic"] = quic_object(event);
  if (type == EventType::fileinfo) {
    line["fileinfo"] = fileinfo_object(event);
    line["app_proto"] = event.find(Field::http2_stream_id) ? "http2" : "http";
  }
  if (type == EventType::http || type == EventType::fileinfo ||
      has_any(event, Field::http_method, Field::http_header_value))
    line["http"] = http_object(event);
  if (type == EventType::xiaomi_push || has_any(event, Field::vendor_command, Field::network_name))
    line["xiaomi_push"] = xiaomi_push_object(event, redactor);
  if (type == EventType::dhcp && !is_device) line["dhcp"] = dhcp_object(event, redactor);
  if (type == EventType::flow || has_any(event, Field::flow_packets_to_server, Field::flow_end))
    line["flow"] = flow_object(event);
  if (type == EventType::alert || type == EventType::drop) put_flow_ends(line["flow"], event);
  if (event.find(Field::flow_tcp_flags) && event.header().ip_protocol == tcp) line["tcp"] = tcp_object(event);
  if (type == EventType::anomaly) line["anomaly"] = anomaly_object(event);
  if (type == EventType::drop) line["drop"] = drop_object(event);
  put_icmp(line, event);
  if (auto tunnel = tunnel_object(event); !tunnel.empty()) line["tunnel"] = std::move(tunnel);
  if (auto own = own_fields(event, is_quic); !own.empty()) line["sluice"] = std::move(own);
  const bool is_file = type == EventType::fileinfo;
  if (type != EventType::http && !is_file) return;
  const auto vendor = vendor_message(event);
  if (!vendor) return;
  if (!is_file) line["sluice"]["vendor"] = vendor_object(*vendor, "", redactor);
  if (redactor != nullptr && redactor->reveals()) return;
  redact_http(line["http"], *vendor);
  if (is_file) line["fileinfo"].erase("filename");  // most often its path
}

}  // namespace

std::string_view text_of(ClockState state) noexcept {
  switch (state) {
    case ClockState::unset: return "unset";
    case ClockState::held: return "held";
    case ClockState::ntp: return "ntp";
    case ClockState::capture: return "capture";
  }
  return "unset";
}

void EveWriter::put_source(Json& line, std::uint32_t generation) const {
  line["tap_id"] = stored_text(context_.tap_id);
  line["site"] = stored_text(context_.site);
  const auto* const rules = context_.rules != nullptr ? context_.rules->find(generation) : nullptr;
  line["ruleset"] = rules != nullptr ? stored_text(rules->digest) : "";
  line["generation"] = generation;
  line["clock_state"] = text_of(context_.clock_state);
  line["schema_version"] = eve_schema_version;
}

void EveWriter::put_alert(Json& line, const Event& event) const {
  const auto* const book = context_.rules != nullptr ? context_.rules->book(event.header().generation) : nullptr;
  const auto finding = read_finding(event, book, context_.clock_state != ClockState::unset);
  const auto* const rule = finding.rule.get();

  const auto flow_protocol = event.find(Field::flow_protocol);
  auto protocol = flow_protocol ? text_of(static_cast<Protocol>(flow_protocol->integer())) : std::string_view{};
  if (protocol.empty()) protocol = protocol_of(finding.matched_field);
  if (!protocol.empty()) line["app_proto"] = protocol;

  line["alert"] = alert_object(event, finding);
  line["verdict"] = verdict_object(event, finding.action);

  Json own = Json::object();
  own["sentence"] = alert_message(finding);
  if (rule != nullptr) {
    own["finding_id"] = finding_id(finding, context_.tap_id);
    if (rule->kind == RuleKind::signature) own["rule"] = rule_object(finding);
    own["class"] = text_of(rule->finding_class);
    own["confidence"] = text_of(finding.confidence);
    if (finding.lowered != Lowered::no) own["confidence_lowered"] = text_of(finding.lowered);
    if (!rule->carries.empty()) own["carries_basis"] = "documented elsewhere, not verified in this capture";
  }
  own["stage"] = text_of(finding.stage);
  own["device_certainty"] = finding.device_is_inside ? "inside-address" : "side-unknown";
  own["action"] = text_of(finding.action);
  own["would"] = text_of(finding.would);
  if (context_.exceptions != nullptr && rule != nullptr) {
    const auto find = [&](ExceptionAction action) {
      return find_exception(*context_.exceptions, action, rule->rule_id, place_of(finding));
    };
    if (const auto* const suppress = find(ExceptionAction::suppress); suppress != nullptr)
      own["exception"] = suppress->id;
    if (const auto* const permit = find(ExceptionAction::permit); permit != nullptr && finding.would == Action::pass)
      own["permit"] = permit->id;
  }
  if (finding.decoded)
    own["vendor"] = vendor_object(*finding.decoded, rule != nullptr ? rule->recipient : "", context_.redactor);
  if (finding.is_repeated) own["repeated"] = true;
  own["matched"] = {{"field", text_of(finding.matched_field)}, {"value", stored_text(finding.matched_value)}};
  line["sluice"].update(own);
}

// With the rule that did it, where it was one that the packet itself met.
void EveWriter::put_drop(Json& line, const Event& event) const {
  if (const auto protocol = event.find(Field::flow_protocol))
    if (const auto text = text_of(static_cast<Protocol>(protocol->integer())); !text.empty()) line["app_proto"] = text;
  line["verdict"] = verdict_object(event, Action::drop);
  if (!event.find(Field::rule_row)) return;
  const auto* const book = context_.rules != nullptr ? context_.rules->book(event.header().generation) : nullptr;
  auto finding = read_finding(event, book, context_.clock_state != ClockState::unset);
  finding.action = Action::drop;
  line["alert"] = alert_object(event, finding);
  if (finding.rule != nullptr && finding.rule->kind == RuleKind::signature)
    line["sluice"]["rule"] = rule_object(finding);
}

std::string EveWriter::line(const Event& event) const {
  const auto& header = event.header();
  Json line;
  line["timestamp"] = timestamp_text(header.time);
  if (header.flow_id != 0) line["flow_id"] = header.flow_id;
  if (header.packet != 0) line["pcap_cnt"] = header.packet;
  if (!context_.pcap_filename.empty()) line["pcap_filename"] = stored_text(context_.pcap_filename);
  line["event_type"] = type_text(header.type);
  put_addresses(line, header, is_to_client(event));
  if (header.type != EventType::flow) line["pkt_src"] = packet_source_text(event);
  if (const auto id = community_id(header, event); !id.empty()) line["community_id"] = id;
  if (event.find(Field::packet_way)) line["direction"] = is_to_client(event) ? "to_client" : "to_server";
  if (const auto transaction = event.find(Field::transaction)) line["tx_id"] = transaction->integer();
  put_protocols(line, event, context_.redactor);
  if (context_.resolvers != nullptr && context_.resolvers->is_past(event))
    line["sluice"]["resolver_not_offered"] = true;
  if (header.type == EventType::flow) line["app_proto"] = flow_protocol_text(event);
  if (const auto original = event.find(Field::protocol_original))
    line["app_proto_orig"] = text_of(static_cast<Protocol>(original->integer()));
  if (header.type == EventType::alert) put_alert(line, event);
  if (header.type == EventType::drop) put_drop(line, event);
  put_flow_variables(line, event);
  put_content(line, event);
  put_source(line, header.generation);
  if (context_.ipv6_in_full) write_ipv6_in_full(line);
  return one_line(line);
}

std::string EveWriter::state_line(const TapCoverage& coverage, std::string_view before, Tick now) const {
  Json line;
  line["timestamp"] = timestamp_text(now);
  line["event_type"] = "state";
  auto& state = line["state"];
  state["name"] = state_text(coverage.state);
  if (!coverage.reason.empty()) state["reason"] = stored_text(coverage.reason);
  state["since"] = timestamp_text(tick_from_nanoseconds(coverage.since_ns));
  if (!before.empty()) state["before"] = state_text(before);
  put_source(line, coverage.generation);
  return one_line(line);
}

std::string EveWriter::link_line(std::string_view port, LinkState state, LinkState before, std::uint32_t generation,
                                 Tick now) const {
  Json line;
  line["timestamp"] = timestamp_text(now);
  line["event_type"] = "link";
  line["link"] = {{"port", stored_text(port)}, {"state", link_state_names[static_cast<std::size_t>(state)]}};
  if (before != LinkState::unwatched) line["link"]["before"] = link_state_names[static_cast<std::size_t>(before)];
  put_source(line, generation);
  return one_line(line);
}

std::string EveWriter::capture_line(Json about, std::uint32_t generation, Tick now) const {
  Json line;
  line["timestamp"] = timestamp_text(now);
  line["event_type"] = "capture";
  line["capture"] = std::move(about);
  put_source(line, generation);
  return one_line(line);
}

std::string EveWriter::vantage_line(Json about, std::uint32_t generation, Tick now) const {
  Json line;
  line["timestamp"] = timestamp_text(now);
  line["event_type"] = "vantage";
  line["vantage"] = std::move(about);
  put_source(line, generation);
  return one_line(line);
}

std::string EveWriter::evidence_line(std::uint64_t number, std::string_view digest, std::uint32_t generation,
                                     Tick now) const {
  Json line;
  line["timestamp"] = timestamp_text(now);
  line["event_type"] = "evidence";
  line["evidence"] = {{"number", number}, {"digest", digest}};
  put_source(line, generation);
  return one_line(line);
}

std::string EveWriter::push_line(const PushNote& note, std::string_view digest, std::uint32_t generation,
                                 Tick now) const {
  Json line;
  line["timestamp"] = timestamp_text(now);
  line["event_type"] = "push";
  auto& push = line["push"];
  push["what"] = push_happenings[static_cast<std::size_t>(note.what)];
  if (!digest.empty()) push["ruleset_digest"] = stored_text(digest);
  if (!note.reason.empty()) push["reason"] = stored_text(note.reason);
  if (!note.rule.empty()) push["rule"] = stored_text(note.rule);
  if (note.counts) {
    push["blocks"] = note.counts->blocks;
    push["flows"] = note.counts->flows;
    push["devices"] = note.counts->devices;
  }
  put_source(line, generation);
  return one_line(line);
}

std::string EveWriter::stats_line(const Statistics& statistics, Tick now) const {
  Json line;
  line["timestamp"] = timestamp_text(now);
  line["event_type"] = "stats";
  line["stats"] = stats_object(statistics);
  line["sluice"] = statistics_document(statistics);
  put_source(line, statistics.generation);
  return one_line(line);
}

}  // namespace sluice
