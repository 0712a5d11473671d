#include "dataplane/verdict/reply_frame.hh"

#include <algorithm>
#include <boost/endian/conversion.hpp>

#include "dataplane/packet/checksum.hh"
#include "dataplane/packet/link.hh"

namespace sluice {
namespace {

constexpr std::size_t least_frame = 60;  // IEEE 802.3 section 4A.4.2, without the check sequence
constexpr std::uint8_t hop_limit = 64;

// Ethernet and VLAN tags, where IP follows them at once; nothing else can be turned around.
std::optional<Bytes> link_header(const Packet& packet) noexcept {
  if (packet.link != LinkLayer::ethernet || packet.outer.count != 0) return std::nullopt;
  Reader reader{packet.frame};
  reader.skip(12);
  auto type = reader.be16();
  std::size_t size = 14;
  for (std::size_t tags = 0; type == ethertype::vlan || type == ethertype::service_vlan || type == ethertype::old_qinq;
       ++tags) {
    if (tags == reply_tags_limit) return std::nullopt;
    reader.skip(2);
    type = reader.be16();
    size += 4;
  }
  const bool is_ip = type == ethertype::ipv4 || type == ethertype::ipv6;
  return reader.ok() && is_ip ? std::optional{packet.frame.first(size)} : std::nullopt;
}

// Whether it is that of one host (RFC 1122 section 3.2.2, RFC 4443 section 2.4 (e)).
bool is_of_a_host(const Address& address) noexcept {
  if (!address.is_v4()) {
    const bool is_low =
        std::all_of(address.bytes.begin(), address.bytes.end() - 1, [](auto byte) { return byte == 0; });
    return address.bytes[0] != 0xff && !(is_low && address.bytes[15] <= 1);  // multicast, ::, ::1
  }
  const auto first = address.bytes[12];
  return first != 0 && first != 127 && first < 224;
}

}  // namespace

void FrameWriter::bytes(Bytes from) noexcept {
  std::copy(from.begin(), from.end(), reply_->bytes.begin() + reply_->size);
  reply_->size = static_cast<std::uint16_t>(reply_->size + from.size());
}

bool FrameWriter::link(const Packet& packet, RejectTarget end) noexcept {
  const auto header = link_header(packet);
  if (!header || packet.network.empty()) return false;
  constexpr std::size_t mac = 6;
  const bool turned = end == RejectTarget::source;
  bytes(header->subspan(turned ? mac : 0, mac));
  bytes(header->subspan(turned ? 0 : mac, mac));
  bytes(header->subspan(2 * mac));
  return true;
}

void FrameWriter::ip(const Address& from, const Address& to, std::uint8_t protocol, std::size_t payload,
                     std::uint8_t service) noexcept {
  if (!from.is_v4()) {
    be32(0x60000000);
    be16(payload);
    u8(protocol);
    u8(hop_limit);
    address(from);
    address(to);
    return;
  }
  const auto start = place();
  constexpr std::uint16_t dont_fragment = 0x4000;
  u8(0x45);
  u8(service);
  be16(ipv4_header_size + payload);
  be16(0);
  be16(dont_fragment);
  u8(hop_limit);
  u8(protocol);
  be16(0);
  address(from);
  address(to);
  put(start + 10, internet_checksum(behind(start)));
}

void FrameWriter::pad() noexcept {
  while (place() < least_frame) u8(0);
}

void FrameWriter::put(std::size_t place, std::uint16_t value) noexcept {
  boost::endian::store_big_u16(&reply_->bytes[place], value);
}

bool is_between_hosts(const Packet& packet) noexcept {
  const bool is_group = (packet.frame[0] & 1) != 0;  // of the link
  // Addresses of IPv6 may hold those of IPv4.
  const bool is_v4 = Reader{packet.network}.u8() >> 4 == 4;
  if (packet.source.is_v4() != is_v4 || packet.destination.is_v4() != is_v4) return false;
  return !is_group && is_of_a_host(packet.source) && is_of_a_host(packet.destination);
}

}  // namespace sluice
