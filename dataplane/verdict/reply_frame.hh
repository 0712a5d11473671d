// A frame that the tap makes itself: what ends are told of a packet, with the headers around it turned around.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/counters.hh"
#include "dataplane/packet/packet.hh"
#include "rules/names/address.hh"

namespace sluice {

// A datagram with an error in it, in bytes: RFC 1812 section 4.3.2.3, RFC 4443 section 2.4 (c).
constexpr std::size_t icmp_error_limit = 576;
constexpr std::size_t icmpv6_error_limit = 1280;
constexpr std::size_t reply_tags_limit = 4;  // VLAN tags that a reply carries

// No member is initialised here: they lie in an array that is written over and over.
struct PacketReply {
  static constexpr std::size_t limit = 14 + 4 * reply_tags_limit + icmpv6_error_limit;

  std::uint16_t size;
  std::uint16_t packet;  // number in the burst of what it answers
  RejectTarget end;      // source: it leaves by the port that the packet came by
  InjectedKind kind;
  std::array<std::uint8_t, limit> bytes;

  [[nodiscard]] Bytes frame() const noexcept { return {bytes.data(), size}; }
};

// Writes one frame from its start; the room is PacketReply's, which the bounds above fill at most.
class FrameWriter {
 public:
  explicit FrameWriter(PacketReply& reply) noexcept : reply_(&reply) { reply.size = 0; }

  void u8(std::uint8_t value) noexcept { reply_->bytes[reply_->size++] = value; }
  void be16(std::size_t value) noexcept {
    u8(static_cast<std::uint8_t>(value >> 8));
    u8(static_cast<std::uint8_t>(value));
  }
  void be32(std::uint32_t value) noexcept {
    be16(value >> 16);
    be16(value & 0xffff);
  }
  void bytes(Bytes from) noexcept;
  void address(const Address& address) noexcept { bytes(Bytes{address.bytes}.subspan(address.is_v4() ? 12 : 0)); }
  // The link header of the packet, turned around where the frame goes to the packet's source. False where nothing can
  // be: no Ethernet, too many tags, or another thing than IP behind them.
  [[nodiscard]] bool link(const Packet& packet, RejectTarget end) noexcept;
  // RFC 791 section 3.1, RFC 8200 section 3. An IPv4 datagram that is never cut may have any identification (RFC 6864
  // section 4.1). `payload`: bytes behind the header; `service`: of IPv4.
  void ip(const Address& from, const Address& to, std::uint8_t protocol, std::size_t payload,
          std::uint8_t service = 0) noexcept;
  // Up to the least size of a frame.
  void pad() noexcept;
  [[nodiscard]] std::size_t place() const noexcept { return reply_->size; }
  [[nodiscard]] Bytes behind(std::size_t place) const noexcept { return reply_->frame().subspan(place); }
  void put(std::size_t place, std::uint16_t value) noexcept;

 private:
  PacketReply* reply_;
};

constexpr std::size_t ipv4_header_size = 20;
constexpr std::size_t ipv6_header_size = 40;

// Whether the addresses are those of two hosts, on the link too: RFC 1122 section 3.2.2, RFC 4443 section 2.4 (e).
[[nodiscard]] bool is_between_hosts(const Packet& packet) noexcept;

}  // namespace sluice
