#include "dataplane/flow/outside_flows.hh"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sluice {

FlowKey OutsideFlows::key_of(const Packet& packet) noexcept {
  const auto& outer = packet.outer;
  FlowKey key;
  key.low = outer.source;
  key.high = outer.destination;
  key.low_port = outer.source_port;
  key.high_port = outer.destination_port;
  if (std::tie(key.high, key.high_port) < std::tie(key.low, key.low_port)) {
    std::swap(key.low, key.high);
    std::swap(key.low_port, key.high_port);
  }
  key.vlan[0] = packet.vlan[0];
  key.vlan[1] = packet.vlan[1];
  key.protocol = outer.protocol;
  key.port_pair = packet.port_pair;
  return key;
}

void OutsideFlows::begin(Flow& flow, const Packet& packet, Inside inside) noexcept {
  flow.initiator_is_low = packet.outer.source == flow.key.low && packet.outer.source_port == flow.key.low_port;
  flow.inside = inside;
  flow.third_vlan = packet.vlan[2];
  flow.first_seen = flow.last_seen = packet.time;
  flow.id = flow_id(flow.key, packet.time);
  flow.expiry = ExpiryClass::datagram;
  flow.decided = true;
  expiry_.file(table_, flow, packet.time);
}

void OutsideFlows::add(Flow& flow, const Packet& packet) noexcept {
  const bool from_low = packet.outer.source == flow.key.low && packet.outer.source_port == flow.key.low_port;
  const auto way = static_cast<std::size_t>(from_low == flow.initiator_is_low ? Way::to_server : Way::to_client);
  ++flow.packets[way];
  flow.bytes[way] += packet.frame.size();
  flow.last_seen = std::max(flow.last_seen, packet.time);
  if (flow.packets[0] != 0 && flow.packets[1] != 0) flow.state = FlowState::established;
}

}  // namespace sluice
