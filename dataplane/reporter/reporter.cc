#include "dataplane/reporter/reporter.hh"

#include <utility>

namespace sluice {
namespace {

// From the flags that came by and the numbers that were confirmed: RFC 9293 section 3.3.2, with the client as the end
// whose states are meant where the two differ.
TcpState tcp_state_of(const Flow& flow) noexcept {
  const auto [to_server, to_client] = flow.tcp_flags;
  if (((to_server | to_client) & tcp_flag::rst) != 0 && flow.state == FlowState::closed) return TcpState::closed;
  const bool client_ended = (to_server & tcp_flag::fin) != 0;
  const bool server_ended = (to_client & tcp_flag::fin) != 0;
  const auto confirmed = [&](Way way) {
    const auto& receiver = flow.receiver[static_cast<std::size_t>(way)];
    return receiver.has_acknowledged && receiver.acknowledged == receiver.sent;
  };
  if (client_ended && server_ended) {
    // Of a flow that nobody reads any more the last confirmations were not looked at.
    const bool all = flow.decided || (confirmed(Way::to_server) && confirmed(Way::to_client));
    return all ? TcpState::closed : confirmed(Way::to_server) ? TcpState::last_ack : TcpState::closing;
  }
  if (client_ended) return TcpState::close_wait;
  if (server_ended) return confirmed(Way::to_client) ? TcpState::fin_wait_2 : TcpState::fin_wait_1;
  if (flow.state == FlowState::established) return TcpState::established;
  if ((to_client & tcp_flag::syn) != 0) return TcpState::syn_received;
  if ((to_server & tcp_flag::syn) != 0) return TcpState::syn_sent;
  return TcpState::none;
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
  header.vlan[2] = flow.third_vlan;
  return header;
}

EventHeader Reporter::header(EventType type, const Passage& at) const noexcept {
  auto header = this->header(type, at.flow);
  header.packet = at.packet.number;
  header.time = at.packet.time;
  if (!is_error_about(at.packet, at.flow)) return header;
  // The ends are the error's own, which may come from any router on the way.
  const bool to_server = at.way == Way::to_server;
  header.ip_protocol = at.packet.protocol;
  header.source = to_server ? at.packet.source : at.packet.destination;
  header.destination = to_server ? at.packet.destination : at.packet.source;
  header.source_port = header.destination_port = 0;
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
  if (record_ == Record::all || (frame.device && is_sighted(at))) {
    EventWriter event{buffer_};
    event.begin(header(EventType::xiaomi_push, at));
    tunnel_fields(event, at.flow);
    device_fields(event, frame);
    tell(event, EventType::xiaomi_push, at);
  }
  Hits content;
  signatures_.decoded(at, SignatureProtocol::xiaomi_push, content);
  signature_alerts(at, content, Field::destination_ip, {}, Stage::content_decoded, &frame);
}

// What alerts, drops and the flow's own record say of it.
void Reporter::flow_fields(EventWriter& event, const Flow& flow) noexcept {
  event.integer(Field::flow_packets_to_server, flow.packets[0]);
  event.integer(Field::flow_packets_to_client, flow.packets[1]);
  event.integer(Field::flow_bytes_to_server, flow.bytes[0]);
  event.integer(Field::flow_bytes_to_client, flow.bytes[1]);
  event.integer(Field::flow_start, static_cast<std::uint64_t>(nanoseconds_since_epoch(flow.first_seen)));
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
  flow_fields(event, flow);
  event.integer(Field::flow_end, static_cast<std::uint64_t>(nanoseconds_since_epoch(flow.last_seen)));
  event.integer(Field::flow_reason, static_cast<std::uint64_t>(reason));
  event.integer(Field::flow_protocol, static_cast<std::uint64_t>(flow.protocol));
  if (flow.original_protocol != Protocol::unknown)
    event.integer(Field::protocol_original, static_cast<std::uint64_t>(flow.original_protocol));
  transport_fields(event, flow);
  event.integer(Field::flow_state, static_cast<std::uint64_t>(flow.state));
  event.integer(Field::flow_alerted, flow.alerted ? 1 : 0);
  const bool is_held = flow.fate != Fate::read && flow.would_drop;
  const auto restraint = !is_held                         ? Restraint::limit
                         : flow.fate == Fate::quarantined ? Restraint::quarantine
                                                          : Restraint::uninspected;
  if (is_held || flow.limited) event.integer(Field::restraint, static_cast<std::uint64_t>(restraint));
  const bool dropped = flow.dropped || (is_held && policy_.mode == Mode::enforce);
  if (dropped) event.integer(Field::flow_dropped, 1);
  if (flow.would_drop && !dropped) event.integer(Field::flow_would, static_cast<std::uint64_t>(Action::drop));
  if (flow.trace.passed && flow.trace.generation == ruleset_->generation()) event.integer(Field::flow_passed, 1);
  event.integer(Field::flow_visibility, static_cast<std::uint64_t>(visibility));
  encrypted_dns_field(event, flow);
  resolution_fields(event, flow);
  signatures_.put_variables(event, flow);
  if (images_) signatures_.put_captures(event, flow);
  send(event, EventType::flow, tag);
}

// What went through is judged inside, so nothing is said of how much could be seen.
void Reporter::outside_end(const Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept {
  EventWriter event{buffer_};
  auto event_header = header(EventType::flow, flow);
  event_header.time = flow.last_seen;
  event.begin(event_header);
  flow_fields(event, flow);
  event.integer(Field::flow_end, static_cast<std::uint64_t>(nanoseconds_since_epoch(flow.last_seen)));
  event.integer(Field::flow_reason, static_cast<std::uint64_t>(reason));
  event.integer(Field::flow_state, static_cast<std::uint64_t>(flow.state));
  event.integer(Field::flow_alerted, 0);
  send(event, EventType::flow, tag);
}

// What its protocol below adds: flags and state of TCP, the kinds of ICMP messages.
void Reporter::transport_fields(EventWriter& event, const Flow& flow) noexcept {
  event.integer(Field::flow_tcp_flags, flow.all_tcp_flags());
  if (flow.key.protocol == ip_protocol::tcp) {
    event.integer(Field::flow_tcp_flags_to_server, flow.tcp_flags[0]);
    event.integer(Field::flow_tcp_flags_to_client, flow.tcp_flags[1]);
    event.integer(Field::tcp_state, static_cast<std::uint64_t>(tcp_state_of(flow)));
  } else if (flow.key.protocol == ip_protocol::icmp || flow.key.protocol == ip_protocol::icmp_v6) {
    event.integer(Field::icmp_type, flow.icmp[0] >> 8);
    event.integer(Field::icmp_code, flow.icmp[0] & 0xff);
    if (flow.packets[1] == 0) return;
    event.integer(Field::icmp_response_type, flow.icmp[1] >> 8);
    event.integer(Field::icmp_response_code, flow.icmp[1] & 0xff);
  }
}

}  // namespace sluice
