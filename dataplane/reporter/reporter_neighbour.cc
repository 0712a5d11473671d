// Which hardware address an IP address belongs to, as the link says it.
#include "dataplane/event/event_text.hh"
#include "dataplane/reporter/reporter.hh"

namespace sluice {

void Reporter::arp(const Packet& packet, const ArpMessage& message) noexcept {
  if (record_ != Record::all) return;
  EventHeader header;
  header.type = EventType::arp;
  header.port_pair = packet.port_pair;
  header.packet = packet.number;
  header.time = packet.time;
  header.generation = ruleset_->generation();
  std::copy(std::begin(packet.vlan), std::end(packet.vlan), header.vlan);
  EventWriter event{buffer_};
  event.begin(header);
  event.integer(Field::neighbour_kind, message.operation);
  put(event, Field::neighbour_sender_mac, message.sender_mac);
  put(event, Field::neighbour_sender, message.sender);
  put(event, Field::neighbour_target_mac, message.target_mac);
  put(event, Field::neighbour_target, message.target);
  send(event, EventType::arp, packet.number);
}

void Reporter::neighbour(const Passage& at, const NeighbourMessage& message) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::neighbour_discovery, at));
  tunnel_fields(event, at.flow, at.way);
  event.integer(Field::neighbour_kind, static_cast<std::uint64_t>(message.kind));
  put(event, Field::neighbour_sender_mac, message.source_mac);
  put(event, Field::neighbour_target, message.target);
  put(event, Field::neighbour_target_mac, message.target_mac);
  if (message.kind == NeighbourKind::router_advertisement)
    event.integer(Field::router_lifetime, message.lifetime_seconds);
  put_each_v6(event, Field::router_dns_server, message.dns_servers);
  send(event, EventType::neighbour_discovery, at.packet.number);
}

}  // namespace sluice
