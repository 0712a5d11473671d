#include "control/rollout/push_watch.hh"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {
namespace {

constexpr double percent = 100;

double share(const TapSample& from, const TapSample& to) {
  const auto received = to.received - from.received;
  return received == 0 ? 0 : static_cast<double>(to.lost - from.lost) / static_cast<double>(received);
}

// The median over pairs of looks that follow each other, and had packets enough.
std::optional<double> cycles_a_packet(const std::deque<TapSample>& looks, std::size_t least) {
  std::vector<double> means;
  for (std::size_t i = 1; i < looks.size(); ++i) {
    const auto packets = looks[i].received - looks[i - 1].received;
    if (looks[i].epoch != looks[i - 1].epoch || packets < PushWatch::least_packets) continue;
    means.push_back(static_cast<double>(looks[i].busy_cycles - looks[i - 1].busy_cycles) /
                    static_cast<double>(packets));
  }
  if (means.size() < least) return std::nullopt;
  const auto middle = means.begin() + static_cast<std::ptrdiff_t>((means.size() - 1) / 2);
  std::ranges::nth_element(means, middle);
  return *middle;
}

}  // namespace

PushWatch::PushWatch(const std::deque<TapSample>& before) {
  if (before.empty()) return;
  const auto& last = before.back();
  was_uninspected_ = last.is_uninspected;
  epoch_ = last.epoch;
  unaccounted_ = last.unaccounted;
  // Of the data plane that runs now.
  std::deque<TapSample> looks;
  std::ranges::copy_if(before, std::back_inserter(looks),
                       [&](const TapSample& sample) { return sample.epoch == epoch_ && epoch_ != 0; });
  if (looks.size() > 1) lost_share_ = share(looks.front(), looks.back());
  cycles_ = cycles_a_packet(looks, least_looks);
  last_.push_back(last);
}

std::optional<std::string> PushWatch::look(const TapSample& sample) {
  if (epoch_ == 0) epoch_ = sample.epoch;
  if (sample.epoch != 0 && sample.epoch != epoch_) {
    is_over_ = was_stopped_;
    if (is_over_) return std::nullopt;
    return "the data plane ended by itself, and was started anew";
  }
  was_stopped_ = sample.is_stopped;
  if (sample.epoch == 0) return std::nullopt;  // it is known why when it is back
  last_.push_back(sample);
  if (last_.size() > looks_worse + 1) last_.pop_front();

  const auto lasts = [](unsigned& looks, bool worse) {
    looks = worse ? looks + 1 : 0;
    return looks >= looks_worse;
  };
  const auto loss = this->loss();
  const auto latency = this->latency();
  if (lasts(uninspected_, sample.is_uninspected && !was_uninspected_)) return "UNINSPECTED: " + sample.reason;
  if (lasts(unaccounted_looks_, sample.unaccounted > unaccounted_))
    return fmt::format("{} packets are not accounted for", sample.unaccounted - unaccounted_);
  if (lasts(losing_, !loss.empty())) return loss;
  if (lasts(slow_, !latency.empty())) return latency;
  return std::nullopt;
}

std::string PushWatch::loss() const {
  const auto& from = last_.front();
  const auto& to = last_.back();
  const auto now = share(from, to);
  if (to.lost - from.lost < lost_packets || now * percent < lost_percent || now < lost_times * lost_share_) return {};
  return fmt::format("{:.1f} % of the packets are lost at ports, {:.1f} % before", now * percent,
                     lost_share_ * percent);
}

std::string PushWatch::latency() const {
  const auto now = cycles_a_packet(last_, looks_worse - 1);
  if (!cycles_ || !now || *now < *cycles_ * cycles_times || *now < *cycles_ + cycles_more) return {};
  return fmt::format("a packet takes a worker {:.0f} cycles, {:.0f} before", *now, *cycles_);
}

}  // namespace sluice
