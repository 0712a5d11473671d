// Events about packets as such: what is wrong with them, and that they were dropped.
#include "dataplane/reporter.hh"

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
  } else {
    event.begin(packet_header(EventType::anomaly, packet));
  }
  event.integer(Field::anomaly, static_cast<std::uint64_t>(anomaly));
  send(event, EventType::anomaly, packet.number);
}

}  // namespace sluice
