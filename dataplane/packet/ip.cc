#include <algorithm>

#include "dataplane/packet/checksum.hh"
#include "dataplane/packet/decoder.hh"
#include "dataplane/packet/header_anomalies.hh"

namespace sluice {
namespace {

constexpr int extension_headers_limit = 8;  // RFC 8200 section 4.1 names seven
constexpr std::uint8_t fragment_header = 44;
constexpr std::uint8_t no_next_header = 59;

// Extension headers of which one is enough (RFC 8200 section 4.1), as bits: destination options may come twice.
namespace seen_once {
constexpr std::uint32_t hop_by_hop = 1, routing = 2, fragment = 4, authentication = 8, destination = 16,
                        destination_again = 32;
}

bool is_extension_header(std::uint8_t header) noexcept {
  switch (header) {
    case 0:    // hop-by-hop options
    case 43:   // routing
    case 60:   // destination options
    case 135:  // mobility, RFC 6275
    case 139:  // host identity, RFC 7401
    case 140:  // shim6, RFC 5533
      return true;
    default: return false;
  }
}

// RFC 8200 section 4.5: the first fragment holds all headers, the transport's included; else it is discarded, by Linux
// too (ipv6frag_thdr_truncated).
bool holds_all_headers(std::uint8_t next, Bytes data) noexcept {
  Reader reader{data};
  for (int headers = 0; headers < extension_headers_limit && is_extension_header(next); ++headers) {
    next = reader.u8();
    reader.skip(std::size_t{8} * reader.u8() + 6);
  }
  if (!reader.ok()) return true;
  switch (next) {
    case ip_protocol::tcp: return reader.left() >= 20;
    case ip_protocol::udp:
    case ip_protocol::icmp_v6: return reader.left() >= 8;
    default: return reader.left() >= 1;
  }
}

}  // namespace

// Tags inside of a tunnel come after those of the frame; three in all are kept.
void Decoder::take_tags(const LinkPath& path) noexcept {
  std::size_t tag = 0;
  for (auto& id : packet_->vlan)
    if (id == 0 && tag < path.tags) id = path.vlan[tag++];
}

bool Decoder::link(const LinkPath& path) noexcept {
  take_tags(path);
  for (std::size_t i = 0; i < path.tunnels; ++i) {
    auto& outer = packet_->outer;
    if (outer.count == Encapsulation::limit) {
      note(Anomaly::too_many_layers);
      return refuse(UninspectedReason::tunnel_depth);
    }
    outer.kinds[outer.count++] = path.kinds[i];
  }
  if (path.anomaly) return malformed(*path.anomaly);
  const auto version = path.ip.empty() ? 0 : path.ip[0] >> 4;
  if (path.version != 0 && version != path.version) {
    if (path.version == 4)
      return malformed(path.ip.size() < 20 ? Anomaly::ipv4_pkt_too_small : Anomaly::ipv4_wrong_ip_version);
    return malformed(path.ip.size() < 40 ? Anomaly::ipv6_pkt_too_small : Anomaly::ipv6_wrong_ip_version);
  }
  return ip(path.ip);
}

bool Decoder::ip(Bytes bytes) noexcept {
  if (bytes.empty()) return malformed(Anomaly::ipv4_pkt_too_small);
  switch (bytes[0] >> 4) {
    case 4: return ipv4(bytes);
    case 6: return ipv6(bytes);
    default: return malformed(Anomaly::ipraw_invalid_ip_version);
  }
}

bool Decoder::ipv4(Bytes bytes) noexcept {  // RFC 791 section 3.1
  Reader reader{bytes};
  const auto version_and_length = reader.u8();
  const std::size_t header = std::size_t{4} * (version_and_length & 0x0f);
  reader.skip(1);
  std::size_t total = reader.be16();
  const auto identification = reader.be16();
  const auto flags = reader.be16();
  reader.skip(1);
  packet_->protocol = reader.u8();
  reader.skip(2);
  const auto source = reader.take(4);
  const auto destination = reader.take(4);
  if (!reader.ok()) return malformed(Anomaly::ipv4_pkt_too_small);
  if (version_and_length >> 4 != 4) return malformed(Anomaly::ipv4_wrong_ip_version);
  if (header < 20) return malformed(Anomaly::ipv4_hlen_too_small);
  if (total == 0) total = bytes.size();  // segmentation offload: the length did not fit
  if (total < header) return malformed(Anomaly::ipv4_iplen_smaller_than_hlen);
  if (total > bytes.size()) note(Anomaly::ipv4_trunc_pkt);
  if (bytes.size() < header) return refuse(UninspectedReason::malformed);
  if (header > 20) note_ipv4_options(bytes.subspan(20, header - 20), packet_->anomalies);
  packet_->source = Address::v4(source.first<4>());
  packet_->destination = Address::v4(destination.first<4>());
  const auto datagram = bytes.first(std::min(total, bytes.size()));  // drops Ethernet padding
  packet_->network = datagram;
  constexpr unsigned offset_bits = 0x1fff;
  constexpr unsigned more_fragments = 0x2000;
  if ((flags & (offset_bits | more_fragments)) == 0) return transport(datagram.subspan(header));

  Fragment piece;
  piece.key.identification = identification;
  piece.key.protocol = packet_->protocol;
  // A wrong checksum makes the far end discard a piece, but captures have been edited: those with one and those without
  // are kept apart.
  constexpr std::uint8_t wrong_checksum = 0x80;
  if (!has_valid_ip_checksum(bytes.first(header))) piece.key.place = wrong_checksum;
  piece.offset = (flags & offset_bits) * 8;
  piece.more = (flags & more_fragments) != 0;
  piece.data = datagram.subspan(header);
  return fragment(piece, datagram.size() == total);
}

bool Decoder::ipv6(Bytes bytes) noexcept {  // RFC 8200 section 3
  Reader reader{bytes};
  const auto version = reader.be32() >> 28;
  const std::size_t length = reader.be16();
  const auto next = reader.u8();
  reader.skip(1);
  const auto source = reader.take(16);
  const auto destination = reader.take(16);
  if (!reader.ok()) return malformed(Anomaly::ipv6_pkt_too_small);
  if (version != 6) return malformed(Anomaly::ipv6_wrong_ip_version);
  packet_->source = Address::v6(source.first<16>());
  packet_->destination = Address::v6(destination.first<16>());
  const bool whole = length <= reader.left();
  if (!whole) note(Anomaly::ipv6_trunc_pkt);
  packet_->network = length == 0 ? bytes : bytes.first(bytes.size() - reader.left() + std::min(length, reader.left()));
  if (length != 0) reader = Reader{reader.rest().first(std::min(length, reader.left()))};  // 0 = jumbogram, RFC 2675
  return extension_headers(next, reader, whole);
}

// RFC 8200 section 4: the chain of extension headers up to the transport header.
bool Decoder::extension_headers(std::uint8_t next, Reader reader, bool whole) noexcept {
  std::uint32_t seen = 0;
  for (int headers = 0; headers < extension_headers_limit; ++headers) {
    if (is_extension_header(next)) {
      const auto kind = next;
      next = reader.u8();
      const auto body = reader.take(std::size_t{8} * reader.u8() + 6);
      if (!reader.ok()) return truncated_headers();
      note_options(kind, body, seen);
    } else if (next == ip_protocol::ah) {  // RFC 4302 section 2.2: length in 32-bit words minus 2
      next = reader.u8();
      const auto length = reader.u8();
      if (reader.be16() != 0) note(Anomaly::ipv6_exthdr_ah_res_not_null);
      reader.skip(std::size_t{4} * length + 4);
      note_once(Anomaly::ipv6_exthdr_dupl_ah, seen_once::authentication, seen);
    } else if (next == fragment_header) {
      Fragment piece;
      piece.next_header = reader.u8();
      const auto reserved = reader.u8();
      const auto offset_and_more = reader.be16();
      piece.key.identification = reader.be32();
      if (!reader.ok()) return truncated_headers();
      if (reserved != 0 || (offset_and_more & 6) != 0) note(Anomaly::ipv6_fh_non_zero_reserved_field);
      note_once(Anomaly::ipv6_exthdr_dupl_fh, seen_once::fragment, seen);
      if ((offset_and_more & 0xfff9) != 0) {
        packet_->protocol = piece.next_header;
        piece.is_v6 = true;
        piece.offset = offset_and_more & 0xfff8U;
        piece.more = (offset_and_more & 1) != 0;
        piece.data = reader.rest();
        return fragment(piece, whole);
      }
      note(Anomaly::ipv6_exthdr_useless_fh);
      next = piece.next_header;  // an atomic one (RFC 6946) is a whole datagram
    } else {
      packet_->protocol = next;
      if (headers > 0 && reader.left() < 2 && next != no_next_header) return truncated_headers();
      if (next == no_next_header && reader.left() > 0) note(Anomaly::ipv6_data_after_none_header);
      return transport(reader.rest());
    }
    if (!reader.ok()) return truncated_headers();
  }
  return refuse(UninspectedReason::malformed);
}

void Decoder::note_options(std::uint8_t header, Bytes options, std::uint32_t& seen) noexcept {
  switch (header) {
    case 0:
      note_once(Anomaly::ipv6_exthdr_dupl_hh, seen_once::hop_by_hop, seen);
      return note_ipv6_options(OptionsHeader::hop_by_hop, options, packet_->anomalies);
    case 43:
      note_once(Anomaly::ipv6_exthdr_dupl_rh, seen_once::routing, seen);
      if (!options.empty() && options[0] == 0) note(Anomaly::ipv6_rh_type_0);  // RFC 5095
      return;
    case 60:
      if ((seen & seen_once::destination) != 0)
        note_once(Anomaly::ipv6_exthdr_dupl_dh, seen_once::destination_again, seen);
      seen |= seen_once::destination;
      return note_ipv6_options(OptionsHeader::destination, options, packet_->anomalies);
    default: return;
  }
}

// Keeps a copy of the piece; goes on with the datagram where this was the last one that was missing.
bool Decoder::fragment(Fragment& fragment, bool whole) noexcept {
  if (!whole && fragment.offset == 0 && packet_->protocol == ip_protocol::udp) {
    // The capture has cut it: its datagram never completes, and what stands at its start is all that there will be.
    if (!udp(fragment.data)) return false;
    packet_->uninspected = UninspectedReason::fragment;
    return true;
  }
  if (fragment.is_v6 && fragment.more && fragment.data.size() % 8 != 0) note(Anomaly::ipv6_frag_invalid_length);
  const auto end = fragment.offset + fragment.data.size();
  if (end > FragmentTable::datagram_limit)
    note(fragment.is_v6 ? Anomaly::ipv6_frag_pkt_too_large : Anomaly::ipv4_frag_pkt_too_large);
  if (fragments_ == nullptr || !whole) return refuse(UninspectedReason::fragment);
  if (packet_->fragmented == packet_->datagrams.size()) return refuse(UninspectedReason::tunnel_depth);
  if (fragment.is_v6 && fragment.offset == 0 && !holds_all_headers(fragment.next_header, fragment.data))
    return truncated_headers();
  fragment.key.source = packet_->source;
  fragment.key.destination = packet_->destination;
  fragment.key.vlan[0] = packet_->vlan[0];
  fragment.key.vlan[1] = packet_->vlan[1];
  fragment.key.place |= packet_->port_pair;
  fragment.key.tunnel = packet_->outer.key();
  fragment.time = packet_->time;
  const auto result = fragments_->add(fragment);
  if (result.overlaps) note(fragment.is_v6 ? Anomaly::ipv6_frag_overlap : Anomaly::ipv4_frag_overlap);
  if (result.handle != FragmentTable::no_handle) packet_->datagrams[packet_->fragmented++] = result.handle;
  switch (result.state) {
    case FragmentTable::State::kept: return false;
    case FragmentTable::State::refused: return refuse(result.reason);
    case FragmentTable::State::complete: break;
  }
  if (packet_->layer.empty()) packet_->layer = packet_->frame;
  packet_->ip_at = static_cast<std::uint32_t>(packet_->network.data() - packet_->layer.data());
  packet_->layer = packet_->layer.first(static_cast<std::size_t>(fragment.data.data() - packet_->layer.data()));
  packet_->joined = result.datagram;
  if (fragment.is_v6) return extension_headers(result.next_header, Reader{result.datagram}, true);
  return transport(result.datagram);
}

bool Decoder::transport(Bytes bytes) noexcept {
  packet_->transport = bytes;
  switch (packet_->protocol) {
    case ip_protocol::tcp: return tcp(bytes);
    case ip_protocol::udp: return udp(bytes);
    case ip_protocol::icmp:
    case ip_protocol::icmp_v6: icmp(bytes); return true;
    case ip_protocol::esp:
      if (bytes.size() < 8) note(Anomaly::esp_pkt_too_small);  // RFC 4303 section 2
      packet_->payload = bytes;
      return true;
    case ip_protocol::ah: return authentication_header(bytes);
    default: return tunnel(bytes);
  }
}

void Decoder::icmp(Bytes message) noexcept {
  const auto is_v6 = packet_->protocol == ip_protocol::icmp_v6;
  if (is_v6 == packet_->source.is_v4()) return note(is_v6 ? Anomaly::ipv4_icmpv6 : Anomaly::ipv6_icmpv4);
  if (is_cut()) return;
  is_v6 ? note_icmpv6(message, packet_->anomalies) : note_icmp(message, packet_->anomalies);
}

// What follows in IPv4 is in clear text, as it would be without it.
bool Decoder::authentication_header(Bytes bytes) noexcept {
  Reader reader{bytes};
  packet_->protocol = reader.u8();
  reader.skip(std::size_t{4} * reader.u8() + 6);
  if (!reader.ok() || packet_->protocol == ip_protocol::ah) return refuse(UninspectedReason::malformed);
  return transport(reader.rest());
}

bool Decoder::tcp(Bytes segment) noexcept {  // RFC 9293 section 3.1
  Reader reader{segment};
  auto& packet = *packet_;
  packet.source_port = reader.be16();
  packet.destination_port = reader.be16();
  packet.tcp_sequence = reader.be32();
  packet.tcp_acknowledgement = reader.be32();
  const std::size_t header = std::size_t{4} * (reader.u8() >> 4);
  packet.tcp_flags = reader.u8();
  reader.skip(6);  // window, checksum, urgent pointer
  if (!reader.ok()) return malformed(Anomaly::tcp_pkt_too_small);
  if (header < 20) return malformed(Anomaly::tcp_invalid_optlen);
  const auto options = reader.take(header - 20);
  if (!reader.ok()) return malformed(Anomaly::tcp_hlen_too_small);
  if ((packet.tcp_flags & tcp_flag::syn) != 0) note_tcp_options(options, packet.anomalies);
  packet.payload = reader.rest();
  return true;
}

bool Decoder::udp(Bytes datagram) noexcept {  // RFC 768
  Reader reader{datagram};
  auto& packet = *packet_;
  packet.source_port = reader.be16();
  packet.destination_port = reader.be16();
  const std::size_t length = reader.be16();
  reader.skip(2);
  if (!reader.ok()) return malformed(Anomaly::udp_hlen_too_small);
  if (length != 0 && length < 8) return malformed(Anomaly::udp_len_invalid);
  if (length > datagram.size() && !is_cut()) note(Anomaly::udp_pkt_too_small);
  // A length beyond the bytes at hand is a capture cut short: what is there is still worth a look.
  packet.payload = length == 0 ? reader.rest() : reader.rest().first(std::min(length - 8, reader.left()));
  packet.transport = datagram.first(8 + packet.payload.size());
  return tunnel_by_port(packet.payload).value_or(true);
}

}  // namespace sluice
