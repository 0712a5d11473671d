#include "dataplane/packet.hh"

#include <algorithm>

namespace sluice {
namespace {

// IEEE 802 numbers (https://www.iana.org/assignments/ieee-802-numbers).
constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86dd;
constexpr std::uint16_t ethertype_vlan = 0x8100;
constexpr std::uint16_t ethertype_service_vlan = 0x88a8;
constexpr std::uint16_t ethertype_old_qinq = 0x9100;

constexpr std::uint16_t ieee_802_3_length_limit = 1500;

constexpr int vlan_tags_limit = 4;          // deeper stacks pass uninspected
constexpr int extension_headers_limit = 8;  // RFC 8200 section 4.1 names seven

bool refuse(Packet& packet, UninspectedReason reason) noexcept {
  packet.uninspected = reason;
  return false;
}

bool decode_tcp(Packet& packet, Bytes segment) noexcept {  // RFC 9293 section 3.1
  Reader reader{segment};
  packet.source_port = reader.be16();
  packet.destination_port = reader.be16();
  packet.tcp_sequence = reader.be32();
  packet.tcp_acknowledgement = reader.be32();
  const std::size_t header = std::size_t{4} * (reader.u8() >> 4);
  packet.tcp_flags = reader.u8();
  reader.skip(6);  // window, checksum, urgent pointer
  if (header < 20) return refuse(packet, UninspectedReason::malformed);
  reader.skip(header - 20);
  if (!reader.ok()) return refuse(packet, UninspectedReason::malformed);
  packet.payload = reader.rest();
  return true;
}

bool decode_udp(Packet& packet, Bytes datagram) noexcept {  // RFC 768
  Reader reader{datagram};
  packet.source_port = reader.be16();
  packet.destination_port = reader.be16();
  const std::size_t length = reader.be16();
  reader.skip(2);
  if (!reader.ok() || (length != 0 && length < 8)) return refuse(packet, UninspectedReason::malformed);
  // A length beyond the bytes at hand is a capture cut short: what is there is still worth a look.
  packet.payload = length == 0 ? reader.rest() : reader.rest().first(std::min(length - 8, reader.left()));
  packet.transport = datagram.first(8 + packet.payload.size());
  return true;
}

bool decode_transport(Packet& packet, Bytes bytes) noexcept {
  packet.transport = bytes;
  switch (packet.protocol) {
    case ip_protocol::tcp: return decode_tcp(packet, bytes);
    case ip_protocol::udp: return decode_udp(packet, bytes);
    case ip_protocol::icmp:
    case ip_protocol::icmp_v6: return true;
    default: return refuse(packet, UninspectedReason::transport);
  }
}

// The first fragment of a UDP datagram shows what stands at its start (a DNS question, most of a name); the others,
// and those of anything else, show nothing that can be read by itself.
bool decode_fragment(Packet& packet, Bytes bytes, bool first) noexcept {
  if (!first || packet.protocol != ip_protocol::udp) return refuse(packet, UninspectedReason::fragment);
  if (!decode_udp(packet, bytes)) return false;
  packet.uninspected = UninspectedReason::fragment;
  return true;
}

bool decode_ipv4(Packet& packet, Bytes bytes) noexcept {  // RFC 791 section 3.1
  Reader reader{bytes};
  const auto version_and_length = reader.u8();
  const std::size_t header = std::size_t{4} * (version_and_length & 0x0f);
  reader.skip(1);
  std::size_t total = reader.be16();
  reader.skip(2);
  const auto fragment = reader.be16();
  reader.skip(1);
  packet.protocol = reader.u8();
  reader.skip(2);
  const auto source = reader.take(4);
  const auto destination = reader.take(4);
  if (!reader.ok() || version_and_length >> 4 != 4 || header < 20) return refuse(packet, UninspectedReason::malformed);
  if (total == 0) total = bytes.size();  // segmentation offload: the length did not fit
  if (total < header || bytes.size() < header) return refuse(packet, UninspectedReason::malformed);
  packet.source = Address::v4(source.first<4>());
  packet.destination = Address::v4(destination.first<4>());
  const auto datagram = bytes.first(std::min(total, bytes.size()));  // drops Ethernet padding
  constexpr unsigned offset_bits = 0x1fff;
  constexpr unsigned more_fragments = 0x2000;
  if ((fragment & (offset_bits | more_fragments)) != 0)
    return decode_fragment(packet, datagram.subspan(header), (fragment & offset_bits) == 0);
  return decode_transport(packet, datagram.subspan(header));
}

// RFC 8200 section 4: the chain of extension headers up to the transport header.
bool decode_ipv6(Packet& packet, Bytes bytes) noexcept {
  Reader reader{bytes};
  const auto version = reader.be32() >> 28;
  const std::size_t length = reader.be16();
  auto next = reader.u8();
  reader.skip(1);
  const auto source = reader.take(16);
  const auto destination = reader.take(16);
  if (!reader.ok() || version != 6) return refuse(packet, UninspectedReason::malformed);
  packet.source = Address::v6(source.first<16>());
  packet.destination = Address::v6(destination.first<16>());
  if (length != 0) reader = Reader{reader.rest().first(std::min(length, reader.left()))};  // 0 = jumbogram, RFC 2675

  for (int headers = 0; headers < extension_headers_limit; ++headers) {
    switch (next) {
      case 0:      // hop-by-hop options
      case 43:     // routing
      case 60:     // destination options
      case 135:    // mobility, RFC 6275
      case 139:    // host identity, RFC 7401
      case 140: {  // shim6, RFC 5533
        next = reader.u8();
        reader.skip(std::size_t{8} * reader.u8() + 6);
        break;
      }
      case 51: {  // authentication header, RFC 4302: length in 32-bit words minus 2
        next = reader.u8();
        reader.skip(std::size_t{4} * reader.u8() + 6);
        break;
      }
      case 44: {  // fragment; an atomic one (RFC 6946) is a whole datagram
        next = reader.u8();
        reader.skip(1);
        const auto offset_and_more = reader.be16();
        reader.skip(4);
        if ((offset_and_more & 0xfff9) != 0) {
          packet.protocol = next;
          return decode_fragment(packet, reader.rest(), (offset_and_more & 0xfff8) == 0);
        }
        break;
      }
      default:
        packet.protocol = next;
        if (!reader.ok()) return refuse(packet, UninspectedReason::malformed);
        return decode_transport(packet, reader.rest());
    }
    if (!reader.ok()) return refuse(packet, UninspectedReason::malformed);
  }
  return refuse(packet, UninspectedReason::malformed);
}

// By the version nibble, where the link layer says no more than "IP".
bool decode_ip(Packet& packet, Bytes bytes) noexcept {
  if (bytes.empty()) return refuse(packet, UninspectedReason::malformed);
  return bytes[0] >> 4 == 6 ? decode_ipv6(packet, bytes) : decode_ipv4(packet, bytes);
}

bool decode_ethertype(Packet& packet, Reader reader, std::uint16_t type) noexcept {
  for (int tag = 0; tag < vlan_tags_limit; ++tag) {  // IEEE 802.1Q, 802.1ad
    if (type != ethertype_vlan && type != ethertype_service_vlan && type != ethertype_old_qinq) break;
    const auto id = static_cast<std::uint16_t>(reader.be16() & 0x0fff);
    type = reader.be16();
    if (tag < 2) packet.vlan[tag] = id;
  }
  if (!reader.ok()) return refuse(packet, UninspectedReason::malformed);
  if (type <= ieee_802_3_length_limit) {
    // An 802.3 length: LLC, and behind it perhaps SNAP with an EtherType (RFC 1042).
    constexpr std::uint64_t snap_header = 0xaaaa03000000;
    const std::uint64_t high = reader.be32();
    if ((high << 16 | reader.be16()) != snap_header) return refuse(packet, UninspectedReason::not_ip);
    type = reader.be16();
  }
  if (!reader.ok()) return refuse(packet, UninspectedReason::malformed);
  if (type == ethertype_ipv4) return decode_ipv4(packet, reader.rest());
  if (type == ethertype_ipv6) return decode_ipv6(packet, reader.rest());
  return refuse(packet, UninspectedReason::not_ip);
}

// BSD loopback: an address family in the byte order of the capturing host, 4 bytes.
bool decode_null(Packet& packet, Reader reader) noexcept {
  const auto family = reader.be32();
  if (!reader.ok()) return refuse(packet, UninspectedReason::malformed);
  const auto low = family > 0xffff ? boost::endian::endian_reverse(family) : family;
  constexpr std::uint32_t af_inet = 2;
  if (low == af_inet) return decode_ipv4(packet, reader.rest());
  // AF_INET6 is 24 on NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin, 10 on Linux.
  if (low == 24 || low == 28 || low == 30 || low == 10) return decode_ipv6(packet, reader.rest());
  return refuse(packet, UninspectedReason::not_ip);
}

}  // namespace

LinkLayer link_layer_of(std::uint32_t link_type) noexcept {
  switch (link_type) {
    case 1: return LinkLayer::ethernet;
    case 12:   // DLT_RAW as most systems number it
    case 14:   // DLT_RAW on OpenBSD
    case 101:  // LINKTYPE_RAW
    case 228:  // LINKTYPE_IPV4
    case 229:  // LINKTYPE_IPV6
      return LinkLayer::raw_ip;
    case 0:
    case 108: return LinkLayer::null_loopback;
    case 113: return LinkLayer::linux_cooked_v1;
    case 276: return LinkLayer::linux_cooked_v2;
    default: return LinkLayer::other;
  }
}

bool decode(Packet& packet) noexcept {
  Reader reader{packet.frame};
  switch (packet.link) {
    case LinkLayer::ethernet: reader.skip(12); break;
    case LinkLayer::linux_cooked_v1: reader.skip(14); break;
    case LinkLayer::linux_cooked_v2: {
      const auto type = reader.be16();
      reader.skip(18);
      return decode_ethertype(packet, reader, type);
    }
    case LinkLayer::raw_ip: return decode_ip(packet, packet.frame);
    case LinkLayer::null_loopback: return decode_null(packet, reader);
    case LinkLayer::other: return refuse(packet, UninspectedReason::link_type);
  }
  const auto type = reader.be16();
  return decode_ethertype(packet, reader, type);
}

}  // namespace sluice
