#include "dataplane/wire/link_pair.hh"

namespace sluice {

LinkPair::LinkPair(std::chrono::milliseconds hold, Clock::time_point now) noexcept : hold_(hold) {
  for (auto& side : sides_) side.since = side.set_up = now;
}

void LinkPair::judge(Side& side, bool link, Clock::time_point now) const noexcept {
  if (link != side.link) {
    side.link = link;
    side.since = now;
  }
  if (side.state == LinkState::taken_down || now - side.since < hold_) return;
  if (link) {
    side.state = LinkState::up;
    return;
  }
  if (side.state == LinkState::lost || (side.state == LinkState::training && now - side.set_up < link_training_limit))
    return;
  side.state = LinkState::lost;
  ++side.losses;
}

std::optional<LinkOrder> LinkPair::look(std::array<bool, 2> links, Clock::time_point now) noexcept {
  for (std::size_t i = 0; i < 2; ++i) judge(sides_[i], links[i], now);
  for (std::uint8_t i = 0; i < 2; ++i) {
    const auto one = sides_[i].state;
    const auto other_number = static_cast<std::uint8_t>(1 - i);
    const auto other = sides_[other_number].state;
    if (one == LinkState::up && other == LinkState::taken_down) return LinkOrder{other_number, true};
    if (one == LinkState::lost && (other == LinkState::up || other == LinkState::training))
      return LinkOrder{other_number, false};
  }
  return std::nullopt;
}

void LinkPair::done(LinkOrder order, Clock::time_point now) noexcept {
  auto& side = sides_[order.side];
  side.state = order.up ? LinkState::training : LinkState::taken_down;
  side.link = false;
  side.since = side.set_up = now;
}

}  // namespace sluice
