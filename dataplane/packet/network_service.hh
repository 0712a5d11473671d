// What a device needs to have a network, and the time.
#pragma once

#include "dataplane/packet/packet.hh"

namespace sluice {

// DHCP, NTP, neighbour discovery, by what the packet itself says: RFC 2131, 8415, 5905, 4861.
[[nodiscard]] bool serves_network(const Packet& packet) noexcept;

}  // namespace sluice
