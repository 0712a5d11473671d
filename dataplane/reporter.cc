#include "dataplane/reporter.hh"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

// The host of "host:port" or "[2001:db8::1]:port" (RFC 3986 section 3.2.2).
std::string_view without_port(std::string_view host) noexcept {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

}  // namespace

// Source and destination: initiator and responder of the flow.
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

EventHeader Reporter::sender_header(EventType type, const Passage& at) const noexcept {
  auto header = this->header(type, at);
  if (at.way == Way::to_server) return header;
  std::swap(header.source, header.destination);
  std::swap(header.source_port, header.destination_port);
  if (header.inside != Inside::unknown)
    header.inside = header.inside == Inside::source ? Inside::destination : Inside::source;
  return header;
}

void Reporter::send(EventWriter& event, EventType type, std::uint64_t tag) noexcept {
  if (event.truncated()) ++counters_->events_truncated;
  sink_->put(type, tag, event.finish(), *counters_);
}

void Reporter::hello_fields(EventWriter& event, const ClientHello& hello) const noexcept {
  for (const auto protocol : hello.alpn) event.text(Field::tls_alpn, protocol);
  if (hello.legacy_version == 0) return;  // Google's QUIC hello is no TLS
  event.integer(Field::tls_version_offered, hello.highest_version);
  event.integer(Field::tls_version_legacy, hello.legacy_version);
}

void Reporter::tls(const Passage& at, const ClientHello& hello) noexcept {
  if (record_ == Record::all) {
    EventWriter event{buffer_};
    event.begin(header(EventType::tls, at));
    if (!hello.sni.empty()) event.text(Field::tls_sni, hello.sni);
    hello_fields(event, hello);
    send(event, EventType::tls, at.packet.number);
  }
  name(at, Field::tls_sni, hello.sni, Stage::name_in_handshake, Scope::flow);
  Hits content;
  signatures_.tls_hello(at, hello.sni, content);
  signature_alerts(at, content, Field::tls_sni, hello.sni, Stage::content_matched);
}

void Reporter::quic(const Passage& at, std::uint32_t version, const ClientHello& hello) noexcept {
  if (record_ == Record::all) {
    EventWriter event{buffer_};
    event.begin(header(EventType::quic, at));
    event.integer(Field::quic_version, version);
    if (!hello.sni.empty()) event.text(Field::quic_sni, hello.sni);
    hello_fields(event, hello);
    send(event, EventType::quic, at.packet.number);
  }
  name(at, Field::quic_sni, hello.sni, Stage::name_in_handshake, Scope::flow);
  Hits content;
  signatures_.quic_hello(at, hello.sni, content);
  signature_alerts(at, content, Field::quic_sni, hello.sni, Stage::content_matched);
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

void Reporter::flow_end(Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept {
  seek_name_at_end(flow, tag);
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
  resolution_fields(event, flow);
  send(event, EventType::flow, tag);
}

}  // namespace sluice
