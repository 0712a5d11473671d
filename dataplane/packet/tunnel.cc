// The tunnels that a protocol number is known for, and the way into any of them.
#include <algorithm>

#include "dataplane/packet/checksum.hh"
#include "dataplane/packet/decoder.hh"

namespace sluice {
namespace {

constexpr auto no_network = Encapsulation::no_network;
constexpr std::size_t ethernet_padding = 46;  // at most, behind a packet in an Ethernet frame

// draft-foschiano-erspan-03 section 4.2, 4.3: version, VLAN.
std::uint16_t vlan_of(Reader header) noexcept { return static_cast<std::uint16_t>(header.be16() & 0x0fff); }

}  // namespace

bool Decoder::enter(TunnelKind kind, Bytes inside) noexcept {
  auto& packet = *packet_;
  auto& outer = packet.outer;
  if (stays_outside_) {
    is_outside_ = true;
    return false;
  }
  if (outer.count == Encapsulation::limit) {
    note(Anomaly::too_many_layers);
    return refuse(UninspectedReason::tunnel_depth);
  }
  outer.kinds[outer.count++] = kind;
  if (outer.depth++ == 0) {
    outer.source = packet.source;
    outer.destination = packet.destination;
    outer.source_port = packet.source_port;
    outer.destination_port = packet.destination_port;
    outer.protocol = packet.protocol;
  }
  packet.source_port = 0;
  packet.destination_port = 0;
  packet.payload = {};
  packet.transport = {};
  packet.layer = inside;
  packet.joined = {};
  return true;
}

bool Decoder::enter_ip(TunnelKind kind, Bytes bytes) noexcept { return enter(kind, bytes) && ip(bytes); }

bool Decoder::enter_link(TunnelKind kind, const LinkPath& path) noexcept {
  return enter(kind, path.start) && link(path);
}

bool Decoder::is_ip(Bytes bytes, std::uint8_t version, std::size_t padding) const noexcept {
  Reader reader{bytes};
  const auto first = reader.u8();
  if (version != 0 && first >> 4 != version) return false;
  reader.skip(1);
  const std::size_t total = reader.be16();
  const bool cut = packet_->wire_length > packet_->frame.size();
  if (first >> 4 == 4) {
    const std::size_t header = std::size_t{4} * (first & 0x0f);
    if (header < 20 || total < header || bytes.size() < header) return false;
    if (total > bytes.size()) return cut && has_valid_ip_checksum(bytes.first(header));
    return bytes.size() - total <= padding && (total == bytes.size() || has_valid_ip_checksum(bytes.first(header)));
  }
  if (first >> 4 != 6) return false;
  const std::size_t length = std::size_t{reader.be16()};
  constexpr std::size_t header = 40;
  if (bytes.size() < header) return false;
  if (header + length > bytes.size()) return cut;
  return bytes.size() - header - length <= padding;
}

std::optional<bool> Decoder::if_ip(TunnelKind kind, Bytes bytes, std::uint32_t network) noexcept {
  if (!is_ip(bytes, 0, 0)) return {};
  if (network != no_network) packet_->outer.network = network;
  return enter_ip(kind, bytes);
}

std::optional<bool> Decoder::if_link(TunnelKind kind, const std::optional<UninspectedReason>& lost,
                                     const LinkPath& path, std::uint32_t network) noexcept {
  if (lost || !is_ip(path.ip, path.version, ethernet_padding)) return {};
  if (network != no_network) packet_->outer.network = network;
  return enter_link(kind, path);
}

bool Decoder::tunnel(Bytes bytes) noexcept {
  LinkPath path;
  switch (packet_->protocol) {
    case ip_protocol::ipv4: return ip_in_ip(TunnelKind::ip_in_ip, 4, bytes);    // RFC 2003
    case ip_protocol::ipv6: return ip_in_ip(TunnelKind::ipv6_in_ip, 6, bytes);  // RFC 4213, RFC 2473
    case ip_protocol::gre: return gre(bytes);
    case ip_protocol::l2tp: {
      const auto inner = l2tp_session(bytes);
      return inner ? *inner : unread(bytes);
    }
    case ip_protocol::mpls: {  // RFC 4023
      if (const auto reason = find_ip(ethertype::mpls, bytes, path)) return lost(*reason, path);
      // The label stack is all that there is between the two IP headers.
      path.tunnels = 0;
      return enter_link(TunnelKind::mpls, path);
    }
    case ip_protocol::etherip: {  // RFC 3378 section 3
      Reader reader{bytes};
      constexpr std::uint16_t version_3 = 0x3000;
      if (reader.be16() != version_3) return refuse(UninspectedReason::transport);
      if (const auto reason = find_ip(LinkHeader::ethernet, reader.rest(), path)) return lost(*reason, path);
      return enter_link(TunnelKind::etherip, path);
    }
    default: return unread(bytes);
  }
}

// Inside of IPv6 Suricata looks at the version before it goes on.
bool Decoder::ip_in_ip(TunnelKind kind, std::uint8_t version, Bytes bytes) noexcept {
  if (!packet_->source.is_v4()) {
    const bool is_v4 = version == 4;
    if (bytes.size() < (is_v4 ? 20 : 40))
      return malformed(is_v4 ? Anomaly::ipv6_ipv4_in_ipv6_too_small : Anomaly::ipv6_ipv6_in_ipv6_too_small);
    if (bytes[0] >> 4 != version)
      return malformed(is_v4 ? Anomaly::ipv6_ipv4_in_ipv6_wrong_version : Anomaly::ipv6_ipv6_in_ipv6_wrong_version);
  }
  return enter_ip(kind, bytes);
}

// An IP protocol without a decoder.
bool Decoder::unread(Bytes bytes) noexcept {
  constexpr std::uint8_t igmp = 2, no_next_header = 59, sctp = 132;
  const auto protocol = packet_->protocol;
  if (protocol == sctp) {
    if (bytes.size() < 12) note(Anomaly::sctp_pkt_too_small);  // RFC 9260 section 3.1
  } else if (packet_->source.is_v4()) {
    if (protocol != igmp) note(Anomaly::ipv4_unknown_protocol);
  } else if (protocol != no_next_header) {
    note(Anomaly::ipv6_unknown_next_header);
  }
  return refuse(UninspectedReason::transport);
}

bool Decoder::gre(Bytes bytes) noexcept {  // RFC 2784 section 2.1, RFC 2890 section 2
  Reader reader{bytes};
  const auto flags = reader.be16();
  constexpr std::uint16_t checksum = 0x8000, routing = 0x4000, key = 0x2000, sequence = 0x1000;
  constexpr std::uint16_t version_bits = 0x0007, version_pptp = 1;
  if ((flags & version_bits) == version_pptp) return pptp(reader, flags);
  const auto type = reader.be16();
  if (!reader.ok()) return malformed(Anomaly::gre_pkt_too_small);
  if ((flags & version_bits) != 0) note(Anomaly::gre_wrong_version);
  if ((flags & (version_bits | routing)) != 0) return refuse(UninspectedReason::transport);
  constexpr std::uint16_t recursion = 0x0700, reserved = 0x00f8;  // RFC 1701
  if ((flags & recursion) != 0) note(Anomaly::gre_version0_recur);
  if ((flags & reserved) != 0) note(Anomaly::gre_version0_flags);
  if ((flags & checksum) != 0) reader.skip(4);
  std::uint32_t network = no_network;
  // RFC 7637 section 3.2: NVGRE's key is a VSID of 24 bits and a flow id of 8, with neither checksum nor sequence.
  if ((flags & key) != 0) {
    const auto value = reader.be32();
    if (type == ethertype::bridging && (flags & (checksum | sequence)) == 0) network = value >> 8;
  }
  if ((flags & sequence) != 0) reader.skip(4);

  constexpr std::uint16_t erspan = 0x88be, erspan_3 = 0x22eb, redirection = 0x883e;
  constexpr std::uint16_t aruba_first = 0x8200, aruba_last = 0x82ff;
  auto kind = TunnelKind::gre;
  LinkPath path;
  std::optional<UninspectedReason> reason;
  if (type == erspan || type == erspan_3) {  // draft-foschiano-erspan-03 section 4
    kind = TunnelKind::erspan;
    const auto inside = reader.rest();
    // The VLAN of the mirrored frame stands behind the version. Type I has no header and no sequence number.
    if (type == erspan_3 || (flags & sequence) != 0) path.vlan[0] = vlan_of(reader);
    if (path.vlan[0] != 0) path.tags = 1;
    if (type == erspan_3) {
      reader.skip(11);
      constexpr std::uint8_t platform = 0x01;  // 8 bytes more
      if ((reader.u8() & platform) != 0) reader.skip(8);
    } else if ((flags & sequence) != 0) {
      reader.skip(8);  // type II
    }
    if (!reader.ok()) return malformed(Anomaly::erspan_header_too_small);
    reason = find_ip(LinkHeader::ethernet, reader.rest(), path);
    path.start = inside;             // its own header belongs to what it holds, as Suricata has it
  } else if (type == redirection) {  // WCCP: version 2 puts 4 bytes before the packet
    if (reader.left() != 0 && reader.rest()[0] >> 4 != 4) reader.skip(4);
    reason = find_ip(ethertype::ipv4, reader.rest(), path);
  } else if (type >= aruba_first && type <= aruba_last) {  // access points of Aruba: frames as they are in the air
    reason = find_ip(LinkHeader::ieee_802_11, reader.rest(), path);
  } else {
    if (!reader.ok()) return malformed(Anomaly::gre_pkt_too_small);
    reason = find_ip(type, reader.rest(), path);
  }
  if (reason) return lost(*reason, path);
  if (network != no_network) packet_->outer.network = network;
  return enter_link(kind, path);
}

bool Decoder::pptp(Reader reader, std::uint16_t flags) noexcept {  // RFC 2637 section 4.1
  constexpr std::uint16_t key = 0x2000, sequence = 0x1000, acknowledgement = 0x0080;
  const auto type = reader.be16();
  const std::size_t length = reader.be16();
  reader.skip(2);  // call id
  if (!reader.ok()) return malformed(Anomaly::gre_pkt_too_small);
  constexpr std::uint16_t checksum = 0x8000, routing = 0x4000, strict_route = 0x0800, recursion = 0x0700;
  constexpr std::uint16_t reserved = 0x0078;
  if ((flags & checksum) != 0) note(Anomaly::gre_version1_chksum);
  if ((flags & routing) != 0) note(Anomaly::gre_version1_route);
  if ((flags & strict_route) != 0) note(Anomaly::gre_version1_ssr);
  if ((flags & recursion) != 0) note(Anomaly::gre_version1_recur);
  if ((flags & reserved) != 0) note(Anomaly::gre_version1_flags);
  if ((flags & key) == 0) note(Anomaly::gre_version1_no_key);
  if (type != ethertype::ppp) note(Anomaly::gre_version1_wrong_protocol);
  if ((flags & key) == 0 || type != ethertype::ppp) return refuse(UninspectedReason::transport);
  if ((flags & sequence) != 0) reader.skip(4);
  if ((flags & acknowledgement) != 0) reader.skip(4);
  if (!reader.ok()) return refuse(UninspectedReason::malformed);
  LinkPath path;
  if (length == 0) return refuse(UninspectedReason::not_ip);  // an acknowledgement alone
  if (const auto reason = find_ip(LinkHeader::ppp, reader.rest().first(std::min(length, reader.left())), path))
    return lost(*reason, path);
  return enter_link(TunnelKind::gre, path);
}

}  // namespace sluice
