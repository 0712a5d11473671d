#include "dataplane/verdict/ech_strip.hh"

#include <boost/endian/conversion.hpp>
#include <cstddef>

#include "dataplane/dns/dns.hh"
#include "dataplane/dns/ech_keys.hh"
#include "dataplane/packet/checksum.hh"

namespace sluice {
namespace {

constexpr std::size_t udp_checksum_at = 6;
constexpr std::size_t tcp_checksum_at = 16;

std::size_t checksum_at(const Packet& packet) noexcept {
  return packet.protocol == ip_protocol::tcp ? tcp_checksum_at : udp_checksum_at;
}

// Whether whole messages, each behind its length, are all there is.
bool is_framed(Bytes payload) noexcept {
  Reader reader{payload};
  while (reader.left() != 0) (void)reader.vector16();
  return reader.ok();
}

// Calls use(where in the payload, how many bytes) for each message.
template <class Use>
void each_message(const Packet& packet, Use use) noexcept {
  const auto& payload = packet.payload;
  if (packet.protocol == ip_protocol::udp) return use(std::size_t{0}, payload.size());
  if (!is_framed(payload)) return;
  Reader reader{payload};
  while (reader.left() != 0) {
    const auto message = reader.vector16();
    use(static_cast<std::size_t>(message.data() - payload.data()), message.size());
  }
}

// RFC 1624: from the sums over the payload before and after, which begins at an even place behind the checksum.
std::uint16_t updated(std::uint16_t checksum, std::uint16_t before, std::uint16_t after) noexcept {
  std::uint32_t sum = static_cast<std::uint16_t>(~checksum);
  sum += before;  // the complement of what is taken away
  sum += static_cast<std::uint16_t>(~after);
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

bool may_strip_ech(const Packet& packet) noexcept {
  if (packet.source_port != dns_port || packet.fragmented != 0 || packet.payload.empty()) return false;
  if (packet.protocol != ip_protocol::udp && packet.protocol != ip_protocol::tcp) return false;
  const auto at = checksum_at(packet);
  if (packet.transport.size() < at + 2) return false;
  // Without a checksum of its own the one of a tunnel around it would have to be set right.
  const bool has_checksum =
      packet.protocol == ip_protocol::tcp || packet.transport[at] != 0 || packet.transport[at + 1] != 0;
  if (!has_checksum && packet.outer.count != 0) return false;
  bool any = false;
  each_message(packet, [&](std::size_t place, std::size_t size) {
    any = any || holds_ech_keys(packet.payload.subspan(place, size));
  });
  return any;
}

void strip_ech(const Packet& packet, std::span<std::uint8_t> frame) noexcept {
  const auto in_frame = [&frame](Bytes part) {
    return part.data() >= frame.data() && part.data() + part.size() <= frame.data() + frame.size();
  };
  if (!in_frame(packet.payload) || !in_frame(packet.transport)) return;
  const auto payload =
      frame.subspan(static_cast<std::size_t>(packet.payload.data() - frame.data()), packet.payload.size());
  auto* const checksum = frame.data() + (packet.transport.data() - frame.data()) + checksum_at(packet);
  const auto before = internet_checksum(payload);
  each_message(packet, [&](std::size_t place, std::size_t size) { take_out_ech_keys(payload.subspan(place, size)); });
  const auto old = boost::endian::load_big_u16(checksum);
  if (packet.protocol == ip_protocol::udp && old == 0) return;  // RFC 768: none
  auto fresh = updated(old, before, internet_checksum(payload));
  if (packet.protocol == ip_protocol::udp && fresh == 0) fresh = 0xffff;
  boost::endian::store_big_u16(checksum, fresh);
}

}  // namespace sluice
