#include "dataplane/packet/network_service.hh"

#include "dataplane/parsers/dhcp.hh"
#include "dataplane/parsers/dhcpv6.hh"
#include "dataplane/parsers/ntp.hh"

namespace sluice {

bool serves_network(const Packet& packet) noexcept {
  if (packet.protocol == ip_protocol::icmp_v6) {
    constexpr unsigned router_solicitation = 133;
    constexpr unsigned redirect = 137;
    Reader reader{packet.transport};
    const auto type = reader.u8();
    return reader.ok() && type >= router_solicitation && type <= redirect;
  }
  if (packet.protocol != ip_protocol::udp) return false;
  const auto on = [&](std::uint16_t port) { return packet.source_port == port || packet.destination_port == port; };
  if (on(ntp_port)) return probe_ntp(packet.payload) == Probe::yes;
  if (on(dhcp_server_port)) return probe_dhcp(packet.payload) == Probe::yes;
  return (on(dhcpv6_server_port) || on(dhcpv6_client_port)) && probe_dhcpv6(packet.payload) == Probe::yes;
}

}  // namespace sluice
