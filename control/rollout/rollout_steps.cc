// What a rollout does by itself, twice a second: looks, and acts on what it sees.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control/rollout/rollout.hh"

namespace sluice {
namespace {

constexpr auto resend_interval = std::chrono::seconds{2};

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string text_of(const BlockCounts& counts) {
  return fmt::format("{} blocks, {} flows, {} devices", counts.blocks, counts.flows, counts.devices);
}

}  // namespace

void Rollout::run() {
  std::unique_lock lock{stop_mutex_};
  do {
    lock.unlock();
    const auto sample = sample_of(parts_.events->status(), Clock::now());
    {
      const std::lock_guard state{mutex_};
      samples_.push_back(sample);
      if (samples_.size() > PushWatch::looks_before) samples_.pop_front();
    }
    // A push under way has it: what there is to do is done after it.
    if (const std::unique_lock operation{operation_, std::try_to_lock}; operation) step(sample);
    lock.lock();
  } while (!stopped_.wait_for(lock, PushWatch::look_interval, [this] { return stop_; }));
}

void Rollout::step(const TapSample& sample) {
  // A data plane that was started anew knows of nothing that is held.
  if (sample.epoch != epoch_) {
    is_sent_ = holds_.rules().empty() && holds_.complaint().empty();
    epoch_ = sample.epoch;
  }
  if (!is_sent_ && epoch_ != 0 && sample.at >= next_send_) {
    is_sent_ = parts_.tap.hold(holds_.ids()).has_value();
    next_send_ = sample.at + resend_interval;
  }
  if (epoch_ == 0) next_send_ = {};
  step_watch(sample);
  step_fuse();
  step_trial(sample);
}

void Rollout::begin_watch() {
  if (watching_) end_watch(WatchState::superseded, {});
  if (options_.watch.count() == 0) return;
  const std::lock_guard lock{mutex_};
  watching_ = Watching{PushWatch{before_}, Clock::now() + options_.watch};
  undo_reason_.clear();
  shown_.watch = {shown_.watch.number + 1,
                  WatchState::watching,
                  {},
                  now_ns(),
                  now_ns() + std::chrono::nanoseconds{options_.watch}.count()};
}

void Rollout::end_watch(WatchState state, std::string reason) {
  const std::lock_guard lock{mutex_};
  if (!watching_) return;
  watching_.reset();
  undo_reason_.clear();
  shown_.watch.state = state;
  shown_.watch.reason = std::move(reason);
  ++shown_.watches[static_cast<std::size_t>(state)];
}

void Rollout::step_watch(const TapSample& sample) {
  if (!watching_) return;
  if (undo_reason_.empty()) {
    if (const auto worse = watching_->watch.look(sample)) undo_reason_ = *worse;
  }
  if (watching_->watch.is_over()) {
    const std::string reason = "the data plane was ended meanwhile";
    end_watch(WatchState::unjudged, reason);
    return say(PushHappening::unjudged, reason);
  }
  if (undo_reason_.empty()) {
    if (sample.at < watching_->until) return;
    end_watch(WatchState::kept, {});
    return say(PushHappening::kept, {});
  }
  const auto reason = undo_reason_;
  const auto done = parts_.pushes->revert("undo");
  if (!done) {
    if (sample.at < watching_->until + undo_patience) return;  // at the next step
    const auto why = reason + "; it could not be undone: " + done.error().error;
    end_watch(WatchState::unjudged, why);
    return say(PushHappening::unjudged, why);
  }
  end_watch(WatchState::reverted, reason);
  say(PushHappening::reverted, reason);
  withdrawn(reason);
}

// Between two steps a rule may block more than its bound.
void Rollout::step_fuse() {
  std::vector<Fuse::Trip> trips;
  {
    const std::lock_guard lock{mutex_};
    trips = fuse_.look(parts_.tally->rows(), Clock::now());
    std::erase_if(trips, [&](const Fuse::Trip& trip) { return holds_.ids().means(trip.rule); });
  }
  if (trips.empty()) return;
  HoldList next = holds_;
  std::vector<Fuse::Trip> held;
  std::uint64_t full = 0;
  for (auto& trip : trips) {
    if (next.add({trip.rule, HoldCause::fuse, now_ns(), trip.counts}))
      held.push_back(std::move(trip));
    else
      ++full;
  }
  if (!held.empty() && !hold(std::move(next))) return;  // at the next step
  {
    const std::lock_guard lock{mutex_};
    shown_.fuse_trips += held.size();
    shown_.fuse_full += full;
  }
  for (auto& trip : held) say(PushHappening::rule_held, std::move(trip.reason), std::move(trip.rule), trip.counts);
}

void Rollout::step_trial(const TapSample& sample) {
  if (!trial_) {
    count_again();  // rules cease to be new
    return;
  }
  if (!trial_->withdrawn.empty()) {
    const auto reason = trial_->withdrawn;
    (void)end_trial(false, reason);
    return;
  }
  if (sample.epoch != 0 && sample.epoch != trial_->epoch) {
    // What the one before lost is not known.
    const std::lock_guard lock{mutex_};
    trial_->epoch = sample.epoch;
    trial_->events_lost = sample.events_lost;
  }
  if (sample.at < trial_->ends || sample.epoch == 0) return;
  const auto counts = parts_.tally->sum(trial_->rules);
  const auto lost = sample.events_lost - trial_->events_lost;
  const bool is_promoted = lost == 0 && trial_->request.condition.holds(counts);
  auto reason = fmt::format("{}: {}", trial_->request.condition.text(), text_of(counts));
  if (lost != 0) reason += fmt::format("; not judged, {} events were lost", lost);
  if (is_promoted) {
    (void)end_trial(true, reason);
    return;
  }
  if (const auto done = parts_.pushes->revert("withdrawal"); !done) return;  // at the next step
  end_watch(WatchState::superseded, {});
  withdrawn(reason);
}

}  // namespace sluice
