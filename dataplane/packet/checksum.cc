#include "dataplane/packet/checksum.hh"

#include <array>
#include <boost/endian/conversion.hpp>
#include <cstring>

namespace sluice {
namespace {

constexpr std::size_t tcp_checksum_at = 16;
constexpr std::size_t udp_checksum_at = 6;

std::uint16_t folded(std::uint64_t sum) noexcept {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

// The one's complement sum of big-endian words, not folded yet: of four bytes at a time, which folds to the same sum,
// and of most of them in the machine's own order, which folds to the same bytes (RFC 1071 section 2).
std::uint64_t sum_of(Bytes bytes) noexcept {
  constexpr std::size_t block_size = 64;
  std::uint64_t native = 0;
  Reader reader{bytes};
  while (reader.left() >= block_size) {
    std::array<std::uint32_t, block_size / 4> words;
    std::memcpy(words.data(), reader.take(block_size).data(), block_size);
    for (const auto word : words) native += word;
  }
  std::uint64_t sum = boost::endian::native_to_big(folded(native));
  while (reader.left() >= 4) sum += reader.be32();
  while (reader.left() >= 2) sum += reader.be16();
  if (reader.left() == 1) sum += std::uint64_t{reader.u8()} << 8;
  return sum;
}

// But for its length; the mapped prefix of IPv4 addresses is left out.
std::uint64_t pseudo_header(const Address& source, const Address& destination, std::uint8_t protocol) noexcept {
  const std::size_t from = source.is_v4() ? 12 : 0;
  return sum_of(Bytes{source.bytes}.subspan(from)) + sum_of(Bytes{destination.bytes}.subspan(from)) + protocol;
}

struct Verdict {
  bool right;
  bool left_to_hardware;
};

Verdict judge(const Packet& packet) noexcept {
  const auto& bytes = packet.transport;
  const bool v4 = packet.source.is_v4();
  const std::size_t at = packet.protocol == ip_protocol::tcp ? tcp_checksum_at : udp_checksum_at;
  const bool has_ports = packet.protocol == ip_protocol::tcp || packet.protocol == ip_protocol::udp;
  const auto written = has_ports ? boost::endian::load_big_u16(bytes.subspan(at).first<2>().data()) : std::uint16_t{0};
  if (packet.protocol == ip_protocol::udp && v4 && written == 0) return {true, false};

  if (packet.protocol == ip_protocol::icmp) return {folded(sum_of(bytes)) == 0xffff, false};
  const auto pseudo = pseudo_header(packet.source, packet.destination, packet.protocol);
  if (folded(sum_of(bytes) + pseudo + bytes.size()) == 0xffff) return {true, false};
  return {false, has_ports && (written == 0 || written == folded(pseudo) || written == folded(pseudo + bytes.size()))};
}

bool is_cut(const Packet& packet) noexcept { return packet.wire_length > packet.frame.size(); }

}  // namespace

bool has_valid_ip_checksum(Bytes header) noexcept { return folded(sum_of(header)) == 0xffff; }

std::uint16_t internet_checksum(Bytes bytes) noexcept { return static_cast<std::uint16_t>(~folded(sum_of(bytes))); }

std::uint16_t transport_checksum_of(const Address& source, const Address& destination, std::uint8_t protocol,
                                    Bytes bytes) noexcept {
  return static_cast<std::uint16_t>(
      ~folded(sum_of(bytes) + pseudo_header(source, destination, protocol) + bytes.size()));
}

TransportChecksum transport_checksum(const Packet& packet) noexcept {
  if (is_cut(packet) || packet.uninspected == UninspectedReason::fragment) return TransportChecksum::unknown;
  const auto verdict = judge(packet);
  if (verdict.right) return TransportChecksum::right;
  return verdict.left_to_hardware ? TransportChecksum::unknown : TransportChecksum::wrong;
}

bool has_valid_checksum(Packet& packet) noexcept {
  if (is_cut(packet) || packet.uninspected || packet.protocol == ip_protocol::esp || judge(packet).right) return true;
  packet.uninspected = UninspectedReason::checksum;
  return false;
}

}  // namespace sluice
