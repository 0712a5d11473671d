#include "dataplane/flow/flow.hh"

#include <utility>

namespace sluice {

FlowKey FlowKey::of(const Packet& packet) noexcept {
  FlowKey key;
  key.low = packet.source;
  key.high = packet.destination;
  key.low_port = packet.source_port;
  key.high_port = packet.destination_port;
  if (std::pair{key.high, key.high_port} < std::pair{key.low, key.low_port}) {
    std::swap(key.low, key.high);
    std::swap(key.low_port, key.high_port);
  }
  key.vlan[0] = packet.vlan[0];
  key.vlan[1] = packet.vlan[1];
  key.protocol = packet.protocol;
  key.port_pair = packet.port_pair;
  if (packet.outer.count != 0) key.tunnel = packet.outer.key();
  if (const auto third = packet.vlan[2]; third != 0) {  // rare: it has no place of its own in a key
    key.tunnel[0] ^= static_cast<std::uint8_t>(0x80 | third >> 8);
    key.tunnel[1] ^= static_cast<std::uint8_t>(third);
  }
  return key;
}

std::uint64_t flow_id(const FlowKey& key, Tick first_seen) noexcept {
  const auto start = static_cast<std::uint64_t>(nanoseconds_since_epoch(first_seen));
  return KeyedHash{start}(key) >> 11;
}

}  // namespace sluice
