// The tunnels that a UDP port is known for.
#include <algorithm>

#include "dataplane/packet/decoder.hh"

namespace sluice {
namespace {

// IANA service names and port numbers, and what Linux and others took before.
constexpr std::uint16_t l2tp_port = 1701;
constexpr std::uint16_t gtp_u_port = 2152;
constexpr std::uint16_t teredo_port = 3544;
constexpr std::uint16_t gre_port = 4754;
constexpr std::uint16_t vxlan_port = 4789;
constexpr std::uint16_t vxlan_gpe_port = 4790;
constexpr std::uint16_t capwap_data_port = 5247;
constexpr std::uint16_t geneve_port = 6081;
constexpr std::uint16_t linux_vxlan_port = 8472;

constexpr auto no_network = Encapsulation::no_network;
constexpr int gtp_extensions_limit = 8;

}  // namespace

std::optional<bool> Decoder::tunnel_by_port(Bytes payload) noexcept {
  switch (packet_->destination_port) {
    case vxlan_port:
    case linux_vxlan_port: return vxlan(payload);
    case vxlan_gpe_port: return vxlan_gpe(payload);
    case geneve_port: return geneve(payload);
    case gre_port: return gre_in_udp(payload);
    case gtp_u_port: return gtp_u(payload);
    case teredo_port: return teredo(payload);
    case l2tp_port: return l2tp(payload);
    case capwap_data_port: return capwap(payload);
    default: break;
  }
  switch (packet_->source_port) {  // the way back of those that do not choose their source port
    case gtp_u_port: return gtp_u(payload);
    case teredo_port: return teredo(payload);
    case l2tp_port: return l2tp(payload);
    case capwap_data_port: return capwap(payload);
    default: return {};
  }
}

std::optional<bool> Decoder::vxlan(Bytes bytes) noexcept {  // RFC 7348 section 5
  Reader reader{bytes};
  const auto flags = reader.be32();
  const auto network = reader.be32();
  // The reserved bits are zero, but for a group policy id and its flags (draft-smith-vxlan-group-policy section 2).
  constexpr std::uint32_t has_network = 0x08000000, group_policy = 0x80000000, policy_bits = 0x0048ffff;
  // Some send the generic extension to the port of VXLAN.
  constexpr std::uint32_t next_protocol = 0x04000000;
  if ((flags & next_protocol) != 0) return vxlan_gpe(bytes);
  const auto allowed = has_network | ((flags & group_policy) != 0 ? group_policy | policy_bits : 0U);
  if (!reader.ok() || (flags & has_network) == 0 || (flags & ~allowed) != 0 || (network & 0xff) != 0) return {};
  LinkPath path;
  return if_link(TunnelKind::vxlan, find_ip(LinkHeader::ethernet, reader.rest(), path), path, network >> 8);
}

std::optional<bool> Decoder::vxlan_gpe(Bytes bytes) noexcept {  // draft-ietf-nvo3-vxlan-gpe-13 section 3
  Reader reader{bytes};
  const auto flags = reader.be32();
  const auto network = reader.be32();
  constexpr std::uint32_t network_and_protocol = 0x0c000000;
  if (!reader.ok() || (flags & 0xffffff00) != network_and_protocol || (network & 0xff) != 0) return {};
  LinkPath path;
  constexpr std::uint8_t ethernet = 3;
  switch (static_cast<std::uint8_t>(flags)) {
    case 1:
    case 2: return if_ip(TunnelKind::vxlan, reader.rest(), network >> 8);
    case ethernet:
      return if_link(TunnelKind::vxlan, find_ip(LinkHeader::ethernet, reader.rest(), path), path, network >> 8);
    default: return {};
  }
}

std::optional<bool> Decoder::geneve(Bytes bytes) noexcept {  // RFC 8926 section 3.4
  Reader reader{bytes};
  const auto version_and_length = reader.u8();
  const auto flags = reader.u8();
  const auto type = reader.be16();
  const auto network = reader.be32();
  constexpr std::uint8_t reserved = 0x3f;
  if (version_and_length >> 6 != 0 || (flags & reserved) != 0 || (network & 0xff) != 0) return {};
  reader.skip(std::size_t{4} * (version_and_length & 0x3f));
  if (!reader.ok()) return {};
  LinkPath path;
  return if_link(TunnelKind::geneve, find_ip(type, reader.rest(), path), path, network >> 8);
}

std::optional<bool> Decoder::gtp_u(Bytes bytes) noexcept {  // 3GPP TS 29.281 section 5.1
  Reader reader{bytes};
  const auto flags = reader.u8();
  const auto type = reader.u8();
  const std::size_t length = reader.be16();
  reader.skip(4);  // tunnel endpoint id
  constexpr std::uint8_t version_and_kind = 0xf0, version_1 = 0x30, reserved = 0x08, optional_parts = 0x07;
  constexpr std::uint8_t extended = 0x04, packet = 255;
  if (!reader.ok() || (flags & version_and_kind) != version_1 || (flags & reserved) != 0 || type != packet) return {};
  const bool cut = packet_->wire_length > packet_->frame.size();
  if (length > reader.left() && !cut) return {};
  reader = Reader{reader.rest().first(std::min(length, reader.left()))};
  if ((flags & optional_parts) != 0) {
    reader.skip(3);  // sequence number, N-PDU number
    auto next = reader.u8();
    if ((flags & extended) == 0) next = 0;
    for (int extension = 0; next != 0; ++extension) {  // section 5.2.1
      const std::size_t words = reader.u8();
      if (words == 0 || extension == gtp_extensions_limit) return {};
      reader.skip(4 * words - 2);
      next = reader.u8();
    }
    if (!reader.ok()) return {};
  }
  return if_ip(TunnelKind::gtp_u, reader.rest(), no_network);
}

std::optional<bool> Decoder::teredo(Bytes bytes) noexcept {  // RFC 4380 section 5.1.1
  Reader reader{bytes};
  constexpr std::uint16_t authentication = 0x0001, origin = 0x0000;
  auto after = reader;
  auto indication = after.be16();
  if (indication == authentication) {
    const std::size_t identifier = after.u8();
    const std::size_t value = after.u8();
    after.skip(identifier + value + 9);  // nonce, confirmation
    reader = after;
    indication = after.be16();
  }
  if (indication == origin) {
    after.skip(6);
    reader = after;
  }
  if (!reader.ok() || !is_ip(reader.rest(), 6, 0)) return {};
  return enter_ip(TunnelKind::teredo, reader.rest());
}

std::optional<bool> Decoder::l2tp(Bytes bytes) noexcept {
  Reader reader{bytes};
  const auto flags = reader.be16();
  constexpr std::uint16_t version_3_data = 0x0003;
  if (flags == version_3_data && reader.be16() == 0) return l2tp_session(reader.rest());  // RFC 3931 section 4.1.2.1
  // RFC 2661 section 3.1: a data message.
  constexpr std::uint16_t length_bit = 0x4000, sequence = 0x0800, offset = 0x0200, priority = 0x0100, version_2 = 2;
  if (!reader.ok() || (flags & ~(length_bit | sequence | offset | priority)) != version_2) return {};
  if ((flags & length_bit) != 0) {
    const std::size_t length = reader.be16();
    if (length < 8 || length > bytes.size()) return {};
    reader = Reader{bytes.first(length)};
    reader.skip(4);
  }
  const auto tunnel = reader.be16();
  const auto session = reader.be16();
  if ((flags & sequence) != 0) reader.skip(4);
  if ((flags & offset) != 0) reader.skip(reader.be16());
  if (!reader.ok() || tunnel == 0 || session == 0) return {};
  LinkPath path;
  return if_link(TunnelKind::l2tp, find_ip(LinkHeader::ppp, reader.rest(), path), path, no_network);
}

// RFC 3931 section 4.1.1: a session id that is not 0; a cookie of 0, 4 or 8 bytes and a sublayer of 0 or 4, of which
// only the ends know. The one that leads to a whole packet is taken.
std::optional<bool> Decoder::l2tp_session(Bytes bytes) noexcept {
  Reader reader{bytes};
  if (reader.be32() == 0) return {};
  for (int words = 0; words < 4 && reader.ok(); ++words, reader.skip(4)) {
    for (const auto header : {LinkHeader::ethernet, LinkHeader::ppp}) {
      LinkPath path;
      if (const auto inner = if_link(TunnelKind::l2tp, find_ip(header, reader.rest(), path), path, no_network))
        return inner;
    }
  }
  return {};
}

std::optional<bool> Decoder::gre_in_udp(Bytes bytes) noexcept {  // RFC 8086 section 3.2
  Reader reader{bytes};
  const auto flags = reader.be16();
  const auto type = reader.be16();
  constexpr std::uint16_t parts = 0xb000, checksum = 0x8000, key = 0x2000, sequence = 0x1000;
  if ((flags & ~parts) != 0) return {};
  for (const auto part : {checksum, key, sequence})
    if ((flags & part) != 0) reader.skip(4);
  LinkPath path;
  if (!reader.ok()) return {};
  return if_link(TunnelKind::gre, find_ip(type, reader.rest(), path), path, no_network);
}

std::optional<bool> Decoder::capwap(Bytes bytes) noexcept {  // RFC 5415 section 4.3
  Reader reader{bytes};
  const auto head = reader.be32();
  reader.skip(4);
  constexpr std::uint32_t preamble = 0xff000000, native = 0x00000100, fragmented = 0x00000080;
  const std::size_t header = std::size_t{4} * (head >> 19 & 0x1f);
  if (!reader.ok() || (head & (preamble | fragmented)) != 0 || header < 8) return {};
  reader.skip(header - 8);
  if (!reader.ok()) return {};
  LinkPath path;
  const auto kind = (head & native) != 0 ? LinkHeader::ieee_802_11 : LinkHeader::ethernet;
  if (kind == LinkHeader::ieee_802_11) {  // Cisco's controllers swap the two bytes of the frame control
    LinkPath swapped;
    const auto lost = find_ip(LinkHeader::ieee_802_11_swapped, reader.rest(), swapped);
    if (const auto inner = if_link(TunnelKind::capwap, lost, swapped, no_network)) return inner;
  }
  return if_link(TunnelKind::capwap, find_ip(kind, reader.rest(), path), path, no_network);
}

}  // namespace sluice
