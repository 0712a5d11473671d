#include "dataplane/checksum.hh"

namespace sluice {
namespace {

// The one's complement sum of big-endian 16-bit words, not folded yet (RFC 1071 section 4.1).
std::uint64_t sum_of(Bytes bytes) noexcept {
  std::uint64_t sum = 0;
  Reader reader{bytes};
  while (reader.left() >= 2) sum += reader.be16();
  if (reader.left() == 1) sum += std::uint64_t{reader.u8()} << 8;
  return sum;
}

// Folded to 16 bits; all ones where the checksum among the words is right.
bool is_right(std::uint64_t sum) noexcept {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

}  // namespace

bool has_valid_ip_checksum(Bytes header) noexcept { return is_right(sum_of(header)); }

bool has_valid_checksum(Packet& packet) noexcept {
  const auto& bytes = packet.transport;
  const bool v4 = packet.source.is_v4();
  if (packet.wire_length > packet.frame.size() || packet.uninspected || packet.protocol == ip_protocol::esp)
    return true;
  constexpr std::size_t udp_checksum = 6;
  if (packet.protocol == ip_protocol::udp && v4 && bytes[udp_checksum] == 0 && bytes[udp_checksum + 1] == 0)
    return true;

  std::uint64_t sum = sum_of(bytes);
  if (packet.protocol != ip_protocol::icmp)  // the mapped prefix of IPv4 addresses is left out
    sum += sum_of(Bytes{packet.source.bytes}.subspan(v4 ? 12 : 0)) +
           sum_of(Bytes{packet.destination.bytes}.subspan(v4 ? 12 : 0)) + bytes.size() + packet.protocol;
  if (is_right(sum)) return true;
  packet.uninspected = UninspectedReason::checksum;
  return false;
}

}  // namespace sluice
