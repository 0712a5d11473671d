// Events about packets as such: what is wrong with them, and that they were dropped.
#include <algorithm>

#include "dataplane/reporter.hh"
#include "dataplane/vendor_form.hh"

namespace sluice {

// Of a packet without a flow, as its own headers have it; addresses are not there where those could not be read.
EventHeader Reporter::packet_header(EventType type, const Packet& packet) const noexcept {
  EventHeader header;
  header.type = type;
  header.inside = packet.inside;
  header.ip_protocol = packet.protocol;
  header.port_pair = packet.port_pair;
  header.packet = packet.number;
  header.time = packet.time;
  header.generation = ruleset_->generation();
  header.vlan[0] = packet.vlan[0];
  header.vlan[1] = packet.vlan[1];
  header.source = packet.source;
  header.destination = packet.destination;
  header.source_port = packet.source_port;
  header.destination_port = packet.destination_port;
  return header;
}

void Reporter::anomaly(Packet& packet, Flow* flow, Way way, Anomaly anomaly) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  if (flow != nullptr) {
    event.begin(header(EventType::anomaly, {packet, *flow, way}));
    tunnel_fields(event, *flow);
    event.integer(Field::packet_way, static_cast<std::uint64_t>(way));
    event.integer(Field::flow_protocol, static_cast<std::uint64_t>(flow->protocol));
    if (kind_of(anomaly).layer == AnomalyLayer::applayer && flow->transactions != 0)
      event.integer(Field::transaction, flow->transactions - 1);
  } else {
    event.begin(packet_header(EventType::anomaly, packet));
  }
  event.integer(Field::anomaly, static_cast<std::uint64_t>(anomaly));
  send(event, EventType::anomaly, packet.number);
}

void Reporter::drop(Packet& packet, Flow* flow, Way way, DropCause cause) noexcept {
  EventWriter event{buffer_};
  if (flow != nullptr) {
    event.begin(header(EventType::drop, {packet, *flow, way}));
    tunnel_fields(event, *flow);
    event.integer(Field::packet_way, static_cast<std::uint64_t>(way));
    event.integer(Field::flow_protocol, static_cast<std::uint64_t>(flow->protocol));
    flow_fields(event, *flow);
  } else {
    event.begin(packet_header(EventType::drop, packet));
  }
  event.integer(Field::drop_cause, static_cast<std::uint64_t>(cause));
  constexpr std::size_t tcp_header = 20, other_header = 8;
  const auto header = packet.protocol == ip_protocol::tcp ? tcp_header : other_header;
  event.text(Field::transport_header, as_text(packet.transport.first(std::min(header, packet.transport.size()))));
  if (packet.reject != RejectTarget::none)
    event.integer(Field::reject_target, static_cast<std::uint64_t>(packet.reject));
  if (packet.dropped_by) event.integer(Field::rule_row, *packet.dropped_by);
  send(event, EventType::drop, packet.number);
}

Reporter::Context Reporter::about_request(const HttpRequest& request) noexcept {
  return {may_be_vendor_request(request) ? nullptr : &request, nullptr};
}

// Of the packet and the message that an alert is about.
void Reporter::context_fields(EventWriter& event, const Passage& at) const noexcept {
  event.integer(Field::packet_way, static_cast<std::uint64_t>(at.way));
  if (at.packet.protocol == ip_protocol::icmp || at.packet.protocol == ip_protocol::icmp_v6) {
    Reader reader{at.packet.transport};
    event.integer(Field::icmp_type, reader.u8());
    event.integer(Field::icmp_code, reader.u8());
  }
  if (context_.request != nullptr) {
    if (at.flow.transactions != 0) event.integer(Field::transaction, at.flow.transactions - 1);
    request_fields(event, *context_.request);
  }
  if (context_.dns != nullptr) {
    event.integer(Field::transaction, context_.dns_transaction);
    dns_fields(event, *context_.dns);
  }
}

}  // namespace sluice
