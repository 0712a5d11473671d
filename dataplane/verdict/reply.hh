// What an end is told of a packet that a rule rejects: a reset of TCP, or an error of ICMP, made from the packet and
// with the headers around it turned around.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "dataplane/base/counters.hh"
#include "dataplane/packet/packet.hh"
#include "dataplane/verdict/reply_frame.hh"
#include "rules/policy/site_policy.hh"

namespace sluice {

constexpr std::uint32_t replies_a_second = 1024;  // of one worker, whatever it is that is answered

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
  // A packet that was dropped, `number` in its burst: a look-up is answered, else the ends are told.
  void tell(const Packet& packet, std::size_t number, std::optional<std::uint32_t> acknowledged,
            const Sinkhole& sinkhole, Unanswered& unanswered) noexcept;
  [[nodiscard]] std::span<const PacketReply> made() const noexcept { return {made_.get(), count_}; }

 private:
  [[nodiscard]] bool may_tell(Tick now) noexcept;
  template <class Make>
  void add(const Packet& packet, std::size_t number, Unanswered& unanswered, Make make) noexcept;

  std::unique_ptr<PacketReply[]> made_;
  std::size_t count_ = 0;
  Tick since_{};  // replies are counted from there
  std::uint32_t told_ = 0;
};

}  // namespace sluice
