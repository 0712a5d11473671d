// What an end is told of a packet that a rule rejects: a reset of TCP, or an error of ICMP, made from the packet and
// with the headers around it turned around.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "dataplane/counters.hh"
#include "dataplane/packet.hh"

namespace sluice {

// A datagram with an error in it, in bytes: RFC 1812 section 4.3.2.3, RFC 4443 section 2.4 (c).
constexpr std::size_t icmp_error_limit = 576;
constexpr std::size_t icmpv6_error_limit = 1280;
constexpr std::size_t reply_tags_limit = 4;       // VLAN tags that a reply carries
constexpr std::uint32_t replies_a_second = 1024;  // of one worker, whatever it is that is rejected

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

// To the one end that is named: nothing where it was made, else why not. `acknowledged`: what the receiver of a TCP
// segment is known to have taken for good.
[[nodiscard]] std::optional<UnansweredReason> make_reply(const Packet& packet, RejectTarget end,
                                                         std::optional<std::uint32_t> acknowledged,
                                                         PacketReply& reply) noexcept;

// Those of one burst.
class PacketReplies {
 public:
  // Takes all memory: two for each packet of a burst of at most `packets`.
  explicit PacketReplies(std::size_t packets) : made_(std::make_unique_for_overwrite<PacketReply[]>(2 * packets)) {}

  void begin_burst() noexcept { count_ = 0; }
  // A packet that was dropped, `number` in its burst.
  void tell(const Packet& packet, std::size_t number, std::optional<std::uint32_t> acknowledged,
            Unanswered& unanswered) noexcept;
  [[nodiscard]] std::span<const PacketReply> made() const noexcept { return {made_.get(), count_}; }

 private:
  [[nodiscard]] bool may_tell(Tick now) noexcept;

  std::unique_ptr<PacketReply[]> made_;
  std::size_t count_ = 0;
  Tick since_{};  // replies are counted from there
  std::uint32_t told_ = 0;
};

}  // namespace sluice
