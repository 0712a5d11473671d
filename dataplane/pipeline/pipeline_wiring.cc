// What a flow, or a message that sets a network up, shows of how the tap is wired (wiring.hh). Each of these runs once
// a flow or message, never once a packet. Sides are those of the port that a packet came in by, whatever networks the
// site says are inside.
#include "dataplane/dns/dns.hh"
#include "dataplane/parsers/dhcp.hh"
#include "dataplane/parsers/dhcpv6.hh"
#include "dataplane/pipeline/pipeline.hh"

namespace sluice {
namespace {

constexpr Address broadcast_v4{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
// All_DHCP_Relay_Agents_and_Servers, ff02::1:2 (RFC 8415 section 7.1): no router passes it on.
constexpr Address dhcpv6_servers{{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0, 0x02}};

bool is_link_local_v6(const Address& address) noexcept {
  return address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
}

// RFC 2131 section 2: op, and giaddr, which a relay fills in. Nothing where it is none, or damaged.
std::optional<WiringSign> sign_of_dhcp(const Packet& packet, bool from_inside) noexcept {
  constexpr std::size_t relay_at = 24;
  if (probe_dhcp(packet.payload) != Probe::yes) return std::nullopt;
  Reader reader{packet.payload};
  const bool reply = reader.u8() == 2;
  const bool is_relayed = Reader{packet.payload.subspan(relay_at)}.be32() != 0;
  if (!reader.ok() || is_relayed) return WiringSign::dhcp_other;
  if (reply) return from_inside ? WiringSign::server_inside : WiringSign::server_outside;
  if (packet.destination != broadcast_v4 || packet.source_port != dhcp_client_port) return WiringSign::dhcp_other;
  return from_inside ? WiringSign::client_inside : WiringSign::client_outside;
}

// RFC 8415 section 7.3.
std::optional<WiringSign> sign_of_dhcpv6(const Packet& packet, bool from_inside) noexcept {
  if (probe_dhcpv6(packet.payload) != Probe::yes) return std::nullopt;
  constexpr unsigned advertise = 2, reply = 7, reconfigure = 10, relay_forward = 12, relay_reply = 13;
  const auto type = Reader{packet.payload}.u8();
  if (type == relay_forward || type == relay_reply || !is_link_local_v6(packet.source)) return WiringSign::dhcp_other;
  if (type == advertise || type == reply || type == reconfigure)
    return from_inside ? WiringSign::server_inside : WiringSign::server_outside;
  if (packet.destination != dhcpv6_servers) return WiringSign::dhcp_other;
  return from_inside ? WiringSign::client_inside : WiringSign::client_outside;
}

}  // namespace

// Of a flow that begins.
void Pipeline::note_asked(const Packet& packet) noexcept {
  if (packet.inside != Inside::source) return;
  const bool opens = packet.protocol == ip_protocol::tcp &&
                     (packet.tcp_flags & (tcp_flag::syn | tcp_flag::ack | tcp_flag::rst)) == tcp_flag::syn;
  const bool looks_up = packet.protocol == ip_protocol::udp && packet.destination_port == dns_port;
  if (opens || looks_up) note(packet, WiringSign::asked);
}

// Of a connection on which its first ACK behind the SYNs has come: an end sends none that has not heard the other one.
void Pipeline::note_connection(const Passage& at) noexcept {
  auto& flow = at.flow;
  const auto& packet = at.packet;
  const bool acknowledges = (packet.tcp_flags & (tcp_flag::ack | tcp_flag::rst)) == tcp_flag::ack;
  const auto way = static_cast<std::size_t>(at.way);
  if (!acknowledges || packet.inside == Inside::unknown || (flow.tcp_flags[way] & tcp_flag::syn) == 0) return;
  const bool from_inside = packet.inside == Inside::source;
  if (flow.packets[1 - way] == 0) {
    if (flow.unheard_told) return;
    flow.unheard_told = true;
    return note(packet, from_inside ? WiringSign::unheard_outside : WiringSign::unheard_inside);
  }
  // With the number that the other end chose: who only says to be another cannot know it.
  const auto& answer = flow.side[1 - way];
  if (at.way != Way::to_server || !answer.started || packet.tcp_acknowledgement != answer.first_sequence) return;
  note(packet, WiringSign::connected);
  const auto& near = flow.initiator();
  const auto& far = flow.responder();
  if (!near.is_v4() || far.is_private()) return;
  if (!near.is_private()) return note(packet, WiringSign::public_pair);
  auto& last = last_far_[packet.port_pair % port_pairs_limit][from_inside ? 0 : 1];
  const auto elsewhere = static_cast<std::uint16_t>(far.bytes[12] << 8U | far.bytes[13]);
  if (last == elsewhere) return;
  last = elsewhere;
  note(packet, from_inside ? WiringSign::private_inside : WiringSign::private_outside);
}

void Pipeline::note_dhcp(const Passage& at) noexcept {
  if (at.packet.inside == Inside::unknown) return;
  const bool from_inside = at.packet.inside == Inside::source;
  const auto sign = at.flow.protocol == Protocol::dhcp ? sign_of_dhcp(at.packet, from_inside)
                                                       : sign_of_dhcpv6(at.packet, from_inside);
  if (sign) note(at.packet, *sign);
}

// RFC 4861 section 6.1.2: from a link-local address, and with a hop limit that no router has touched.
void Pipeline::note_router(const Packet& packet) noexcept {
  constexpr std::uint8_t router_advertisement = 134, untouched = 255;
  constexpr std::size_t hop_limit_at = 7;
  if (packet.transport.empty() || packet.transport[0] != router_advertisement) return;
  if (packet.network.size() <= hop_limit_at || packet.network[hop_limit_at] != untouched) return;
  if (packet.inside == Inside::unknown || !is_link_local_v6(packet.source)) return;
  note(packet, packet.inside == Inside::source ? WiringSign::router_inside : WiringSign::router_outside);
}

}  // namespace sluice
