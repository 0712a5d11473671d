// When the loss of one side's link is passed on to the other side, and when it is over: of one pair of ports, by time
// and readings alone.
//
// A port that we took down has no link, and that says nothing: only the other side's link brings it back. One that was
// just set up has none either until both ends of its cable agree, which takes seconds at some speeds; before that it
// counts for lost only after `link_training_limit`. So a loss never comes back to the side that it came from.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "dataplane/exchange/link_state.hh"

namespace sluice {

constexpr std::chrono::seconds link_training_limit{10};

// To set a port up or down.
struct LinkOrder {
  std::uint8_t side = 0;  // 0: inside, 1: outside
  bool up = false;
};

class LinkPair {
 public:
  using Clock = std::chrono::steady_clock;

  // Both ports have just been set up.
  LinkPair(std::chrono::milliseconds hold, Clock::time_point now) noexcept;

  // `links`: whether the ports have a link now, inside and outside. Returns what is to be done, until done() is told
  // that it was.
  [[nodiscard]] std::optional<LinkOrder> look(std::array<bool, 2> links, Clock::time_point now) noexcept;
  void done(LinkOrder order, Clock::time_point now) noexcept;

  [[nodiscard]] LinkState state(std::uint8_t side) const noexcept { return sides_[side].state; }
  // Times that the link was lost.
  [[nodiscard]] std::uint64_t losses(std::uint8_t side) const noexcept { return sides_[side].losses; }

 private:
  struct Side {
    LinkState state = LinkState::training;
    bool link = false;           // as read last
    Clock::time_point since{};   // when that changed
    Clock::time_point set_up{};  // when the port was
    std::uint64_t losses = 0;
  };
  void judge(Side& side, bool link, Clock::time_point now) const noexcept;

  std::chrono::milliseconds hold_;
  std::array<Side, 2> sides_;
};

}  // namespace sluice
