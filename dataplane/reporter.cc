#include "dataplane/reporter.hh"

#include <utility>

namespace sluice {

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

bool Reporter::keep(Flow& flow, EventWriter& event) noexcept {
  if (flow.waiting == no_index) flow.waiting = queues_.take();
  if (flow.waiting == no_index || !queues_.at(flow.waiting).push(event.finish())) return false;
  if (event.truncated()) ++counters_->events_truncated;
  return true;
}

void Reporter::release(Flow& flow, std::uint64_t tag) noexcept {
  if (flow.waiting == no_index) return;
  auto& queue = queues_.at(flow.waiting);
  for (; !queue.empty(); queue.pop()) {
    const auto record = queue.front();
    if (const auto event = Event::parse(record)) sink_->put(event->header().type, tag, record, *counters_);
  }
  queues_.give(flow.waiting);
  flow.waiting = no_index;
}

void Reporter::tunnel_fields(EventWriter& event, const Flow& flow, Way way) noexcept {
  if (flow.outer.count == 0) return;
  auto outer = flow.outer;
  if (way == Way::to_client) outer.reverse();
  if (outer.depth != 0) {
    event.text(Field::tunnel_source, as_text(outer.source.bytes));
    event.text(Field::tunnel_destination, as_text(outer.destination.bytes));
    event.integer(Field::tunnel_source_port, outer.source_port);
    event.integer(Field::tunnel_destination_port, outer.destination_port);
    event.integer(Field::tunnel_protocol, outer.protocol);
    event.integer(Field::tunnel_depth, outer.depth);
  }
  for (std::size_t i = 0; i < outer.count; ++i)
    event.integer(Field::tunnel_kind, static_cast<std::uint64_t>(outer.kinds[i]));
  if (outer.network != Encapsulation::no_network) event.integer(Field::tunnel_network, outer.network);
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
  at.flow.sight.message = true;
  if (record_ == Record::all) {
    EventWriter event{buffer_};
    event.begin(header(EventType::xiaomi_push, at));
    tunnel_fields(event, at.flow);
    device_fields(event, frame);
    send(event, EventType::xiaomi_push, at.packet.number);
  }
  Hits content;
  signatures_.decoded(at, SignatureProtocol::xiaomi_push, content);
  signature_alerts(at, content, Field::destination_ip, {}, Stage::content_decoded, &frame);
}

void Reporter::flow_end(Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept {
  seek_name_at_end(flow, tag);
  const auto visibility = judge_visibility(flow);
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  auto event_header = header(EventType::flow, flow);
  event_header.time = flow.last_seen;
  event.begin(event_header);
  tunnel_fields(event, flow);
  event.integer(Field::flow_packets_to_server, flow.packets[0]);
  event.integer(Field::flow_packets_to_client, flow.packets[1]);
  event.integer(Field::flow_bytes_to_server, flow.bytes[0]);
  event.integer(Field::flow_bytes_to_client, flow.bytes[1]);
  event.integer(Field::flow_start, static_cast<std::uint64_t>(nanoseconds_since_epoch(flow.first_seen)));
  event.integer(Field::flow_end, static_cast<std::uint64_t>(nanoseconds_since_epoch(flow.last_seen)));
  event.integer(Field::flow_reason, static_cast<std::uint64_t>(reason));
  event.integer(Field::flow_protocol, static_cast<std::uint64_t>(flow.protocol));
  event.integer(Field::flow_tcp_flags, flow.all_tcp_flags());
  event.integer(Field::flow_state, static_cast<std::uint64_t>(flow.state));
  event.integer(Field::flow_alerted, flow.alerted ? 1 : 0);
  event.integer(Field::flow_visibility, static_cast<std::uint64_t>(visibility));
  encrypted_dns_field(event, flow);
  resolution_fields(event, flow);
  signatures_.put_variables(event, flow);
  send(event, EventType::flow, tag);
}

}  // namespace sluice
