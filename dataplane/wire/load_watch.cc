#include "dataplane/wire/load_watch.hh"

namespace sluice {

// A backlog grows while the streak does: the longer it lasts, the more is left out.
void LoadWatch::weigh(std::uint32_t port, Tick now) noexcept {
  busy_at_ = now;
  const auto beyond = queues_[port].streak - queues_[port].excused - full_;
  if (beyond < 0 || beyond % step_ != 0 || level_ == Shed::handshakes) return;
  if (level_ == Shed::payload && now - level_at_ < handshake_patience && now >= level_at_) return;
  level_ = static_cast<Shed>(static_cast<std::uint8_t>(level_) + 1);
  level_at_ = now;
  if (on_trial_) calm_ = std::max(calm_, std::min(2 * calm_, longest_calm));
  on_trial_ = false;
}

// Step by step, so that the smallest flows are searched first again.
void LoadWatch::look(Tick now) noexcept {
  if (level_ == Shed::nothing && !on_trial_) return;
  if (now < busy_at_) busy_at_ = now;  // the clock was set
  if (now - busy_at_ < calm_) return;
  on_trial_ = level_ != Shed::nothing;
  if (on_trial_)
    level_ = static_cast<Shed>(static_cast<std::uint8_t>(level_) - 1);
  else
    calm_ = limits_.calm;  // all has been searched for long enough
  busy_at_ = level_at_ = now;
}

}  // namespace sluice
