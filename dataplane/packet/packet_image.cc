#include "dataplane/packet/packet_image.hh"

#include <algorithm>
#include <boost/endian/conversion.hpp>
#include <functional>

namespace sluice {
namespace {

constexpr std::uint16_t raw_ip = 12;        // DLT_RAW
constexpr std::uint16_t raw_ip_file = 101;  // the same, as files have it

constexpr std::size_t fragment_header_size = 8;  // RFC 8200 section 4.5
constexpr std::uint8_t authentication_header = 51;

// The sum of RFC 1071 over a header of 20 bytes and what options follow it.
std::uint16_t header_checksum(Bytes header, Bytes options) noexcept {
  std::uint32_t sum = 0;
  for (Reader reader{header}; reader.left() >= 2;) sum += reader.be16();
  for (Reader reader{options}; reader.left() >= 2;) sum += reader.be16();
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

Bytes inspected_payload(const Packet& packet) noexcept {
  constexpr std::size_t icmp_header = 8, esp_header = 8, sctp_header = 12;
  const auto behind = [](Bytes bytes, std::size_t header) { return bytes.subspan(std::min(header, bytes.size())); };
  switch (packet.protocol) {
    case ip_protocol::tcp:
    case ip_protocol::udp: return packet.payload;
    case ip_protocol::icmp:
    case ip_protocol::icmp_v6: return behind(packet.transport, icmp_header);
    case ip_protocol::esp: return behind(packet.transport, esp_header);
    case ip_protocol::sctp: return behind(packet.transport, sctp_header);
    default: return {};
  }
}

PacketImage::PacketImage(const Packet& packet) noexcept
    : link_type_(!packet.layer.empty() && packet.layer.data() != packet.frame.data() ? raw_ip
                 : packet.link_type == raw_ip_file                                   ? raw_ip
                                                                                     : packet.link_type) {
  if (packet.layer.empty() || packet.joined.empty()) {
    add(packet.layer.empty() ? packet.frame : packet.layer);
    return;
  }
  const auto ip_at = std::min<std::size_t>(packet.ip_at, packet.layer.size());
  add(packet.layer.first(ip_at));
  const auto headers = packet.layer.subspan(ip_at);
  const bool is_v4 = !headers.empty() && headers[0] >> 4 == 4;
  is_v4 ? add_v4_header(headers, packet.joined.size()) : add_v6_headers(headers, packet.joined.size());
  add(packet.joined);
}

void PacketImage::add(Bytes piece) noexcept {
  const auto room = limit - size_;
  cut_ = cut_ || piece.size() > room;
  piece = piece.first(std::min(room, piece.size()));
  if (piece.empty() || count_ == pieces_limit) return;
  pieces_[count_++] = piece;
  size_ += piece.size();
}

// RFC 791 section 3.1: of a whole datagram, so with another length, without flags and offset of a fragment.
void PacketImage::add_v4_header(Bytes header, std::size_t data) noexcept {
  if (header.size() < header_.size()) return add(header);
  const auto options = header.subspan(header_.size());
  std::copy_n(header.begin(), header_.size(), header_.begin());
  constexpr std::size_t length_at = 2, flags_at = 6, checksum_at = 10;
  boost::endian::store_big_u16(&header_[length_at], static_cast<std::uint16_t>(header.size() + data));
  boost::endian::store_big_u16(&header_[flags_at], 0);
  boost::endian::store_big_u16(&header_[checksum_at], 0);
  boost::endian::store_big_u16(&header_[checksum_at], header_checksum(header_, options));
  add(header_);
  add(options);
}

// RFC 8200 section 4.5: without the fragment header, which stands last here; the one before it names what follows.
void PacketImage::add_v6_headers(Bytes headers, std::size_t data) noexcept {
  constexpr std::size_t base_size = 40, length_at = 4, next_at = 6;
  if (headers.size() < base_size + fragment_header_size) return add(headers);
  const auto fragment_at = headers.size() - fragment_header_size;
  // Where the kind of the fragment header is said: in the base header, or in the last one between.
  std::size_t names_next = next_at;
  auto kind = headers[next_at];
  for (auto at = base_size; at + 2 <= fragment_at;) {
    const std::size_t length = headers[at + 1];
    names_next = at;
    at += kind == authentication_header ? 4 * (length + 2) : 8 * (length + 1);
    kind = headers[names_next];
  }
  boost::endian::store_big_u16(header_.data(), static_cast<std::uint16_t>(fragment_at - base_size + data));
  header_[2] = headers[fragment_at];
  add(headers.first(length_at));
  add(Bytes{header_}.first(2));
  add(headers.subspan(next_at, names_next - next_at));
  add(Bytes{header_}.subspan(2, 1));
  add(headers.first(fragment_at).subspan(names_next + 1));
}

std::optional<std::size_t> PacketImage::find(Bytes part) const noexcept {
  std::size_t before = 0;
  for (const auto piece : pieces()) {
    const std::less_equal<const std::uint8_t*> is_not_behind;
    if (is_not_behind(piece.data(), part.data()) &&
        is_not_behind(part.data() + part.size(), piece.data() + piece.size()))
      return before + static_cast<std::size_t>(part.data() - piece.data());
    before += piece.size();
  }
  return std::nullopt;
}

}  // namespace sluice
