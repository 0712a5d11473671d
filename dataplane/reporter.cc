#include "dataplane/reporter.hh"

#include <algorithm>

namespace sluice {
namespace {

// What an event keeps of a DNS answer's data; the longest domain name takes 1,003 characters in escaped form.
constexpr std::size_t rdata_text_limit = 1024;

Inside reversed(Inside inside) noexcept {
  if (inside == Inside::unknown) return inside;
  return inside == Inside::source ? Inside::destination : Inside::source;
}

// The host of "host:port" or "[2001:db8::1]:port" (RFC 3986 section 3.2.2).
std::string_view without_port(std::string_view host) noexcept {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

// Source and destination are those of the packet for a DNS message, else initiator and responder of the flow.
EventHeader Reporter::header(EventType type, const Flow& flow) const noexcept {
  EventHeader header;
  header.type = type;
  header.inside = flow.inside;
  header.ip_protocol = flow.key.protocol;
  header.port_pair = flow.key.port_pair;
  header.flow_id = flow.id;
  header.generation = ruleset_->generation();
  header.source = flow.initiator();
  header.destination = flow.responder();
  header.source_port = flow.initiator_is_low ? flow.key.low_port : flow.key.high_port;
  header.destination_port = flow.initiator_is_low ? flow.key.high_port : flow.key.low_port;
  header.vlan[0] = flow.key.vlan[0];
  header.vlan[1] = flow.key.vlan[1];
  return header;
}

EventHeader Reporter::header(EventType type, const Passage& at) const noexcept {
  auto header = this->header(type, at.flow);
  header.packet = at.packet.number;
  header.time = at.packet.time;
  return header;
}

void Reporter::send(EventWriter& event, EventType type, std::uint64_t tag) noexcept {
  if (event.truncated()) ++counters_->events_truncated;
  sink_->put(type, tag, event.finish(), *counters_);
}

void Reporter::dns(const Passage& at, const DnsMessage& message) noexcept {
  const auto& header = message.header();
  auto event_header = this->header(EventType::dns, at);
  if (at.way == Way::to_client) {  // the sender of the message is the source
    std::swap(event_header.source, event_header.destination);
    std::swap(event_header.source_port, event_header.destination_port);
    event_header.inside = reversed(event_header.inside);
  }
  EventWriter event{buffer_};
  event.begin(event_header);
  event.integer(Field::dns_response, header.response() ? 1 : 0);
  event.integer(Field::dns_id, header.id);
  event.integer(Field::dns_flags, header.flags);
  if (header.authorities != 0) event.integer(Field::dns_authority_count, header.authorities);

  // A datagram stands alone; a dropped segment of a stream comes again, and must not get through then.
  const auto scope = at.packet.protocol == ip_protocol::tcp ? Scope::flow : Scope::message;
  auto reading = message;
  DnsQuestion question;
  while (reading.next_question(question)) {
    event.text(Field::dns_query_name, question.name.view());
    event.integer(Field::dns_query_type, question.type);
    // A response repeats the question: it counts where the query itself did not come by.
    const bool seen = header.response() && at.flow.packets[static_cast<std::size_t>(opposite(at.way))] != 0;
    if (seen) continue;
    name(at, Field::dns_query_name, question.name.view(), Stage::name_looked_up, scope);
    Hits content;
    signatures_.dns_query(at, question.name.view(), content);
    alerts(at, content, Field::dns_query_name, question.name.view(), Stage::content_matched, scope, nullptr);
  }
  DnsRecord record;
  std::array<char, rdata_text_limit> text;
  while (reading.next_record(record)) {
    if (record.section != DnsSection::answer) continue;
    event.text(Field::dns_answer_name, record.name.view());
    event.integer(Field::dns_answer_type, record.type);
    event.integer(Field::dns_answer_ttl, record.ttl);
    event.text(Field::dns_answer_data, format_rdata(reading, record, text));
    constexpr std::uint16_t svcb = 64;  // RFC 9460 section 14.1
    constexpr std::uint16_t https = 65;
    if (record.type == svcb || record.type == https)
      ech_configs_.learn(at.packet.destination, ech_of_svcb(record.rdata));
  }
  // Names may stand in what could not be read.
  if (reading.error() && !at.packet.uninspected) at.packet.uninspected = UninspectedReason::parse_error;
  if (record_ == Record::all) send(event, EventType::dns, at.packet.number);
}

void Reporter::http(const Passage& at, const HttpRequest& request) noexcept {
  if (record_ == Record::all) {
    EventWriter event{buffer_};
    event.begin(header(EventType::http, at));
    event.text(Field::http_method, request.method);
    if (!request.host.empty()) event.text(Field::http_host, request.host);
    event.text(Field::http_uri, request.target);
    event.text(Field::http_protocol, request.protocol);
    if (!request.user_agent.empty()) event.text(Field::http_user_agent, request.user_agent);
    for (const auto& field : request.headers) {
      event.text(Field::http_header_name, field.name);
      event.text(Field::http_header_value, field.value);
    }
    send(event, EventType::http, at.packet.number);
  }
  name(at, Field::http_host, without_port(request.host), Stage::data_sent, Scope::flow);
  Hits content;
  signatures_.http_head(at, request, content);
  signature_alerts(at, content, Field::http_host, without_port(request.host), Stage::content_matched);
}

void Reporter::http_body(const Passage& at, const HttpRequest& request, Bytes body) noexcept {
  Hits content;
  signatures_.http_body(at, request, body, content);
  signature_alerts(at, content, Field::http_host, without_port(request.host), Stage::content_matched);
}

// What the device says of itself, as far as it does.
void Reporter::device_fields(EventWriter& event, const XiaomiPushFrame& frame) noexcept {
  event.text(Field::vendor_command, frame.command);
  if (!frame.device) return;
  const auto& device = *frame.device;
  const auto text = [&](Field field, std::string_view value) {
    if (!value.empty()) event.text(field, value);
  };
  text(Field::vendor_server, device.server);
  text(Field::device_model, device.model);
  text(Field::device_build, device.build);
  text(Field::device_id, device.device_id);
  text(Field::device_locale, device.locale);
  text(Field::network_type, device.network_type);
  text(Field::network_name, device.network_name);
  if (device.sdk_version != 0) event.integer(Field::sdk_version, device.sdk_version);
  if (device.api_level != 0) event.integer(Field::device_api_level, device.api_level);
}

void Reporter::xiaomi_push(const Passage& at, const XiaomiPushFrame& frame) noexcept {
  if (record_ == Record::all) {
    EventWriter event{buffer_};
    event.begin(header(EventType::xiaomi_push, at));
    device_fields(event, frame);
    send(event, EventType::xiaomi_push, at.packet.number);
  }
  Hits content;
  signatures_.decoded(at, SignatureProtocol::xiaomi_push, content);
  signature_alerts(at, content, Field::destination_ip, {}, Stage::content_decoded, &frame);
}

void Reporter::flow_end(const Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  auto event_header = header(EventType::flow, flow);
  event_header.time = flow.last_seen;
  event.begin(event_header);
  event.integer(Field::flow_packets_to_server, flow.packets[0]);
  event.integer(Field::flow_packets_to_client, flow.packets[1]);
  event.integer(Field::flow_bytes_to_server, flow.bytes[0]);
  event.integer(Field::flow_bytes_to_client, flow.bytes[1]);
  event.integer(Field::flow_start, static_cast<std::uint64_t>(nanoseconds_since_epoch(flow.first_seen)));
  event.integer(Field::flow_end, static_cast<std::uint64_t>(nanoseconds_since_epoch(flow.last_seen)));
  event.integer(Field::flow_reason, static_cast<std::uint64_t>(reason));
  event.integer(Field::flow_protocol, static_cast<std::uint64_t>(flow.protocol));
  event.integer(Field::flow_tcp_flags, flow.tcp_flags);
  event.integer(Field::flow_state, static_cast<std::uint64_t>(flow.state));
  event.integer(Field::flow_alerted, flow.alerted ? 1 : 0);
  send(event, EventType::flow, tag);
}

}  // namespace sluice
