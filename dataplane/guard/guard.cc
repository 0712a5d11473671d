#include "dataplane/guard/guard.hh"

#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "dataplane/guard/say.hh"

namespace sluice {
namespace {

constexpr int looks_in_limit = 16;
// Until who seems to be dead has had the time to move, if he is not.
constexpr std::chrono::nanoseconds second_look = std::chrono::microseconds{300};

constexpr std::int64_t nanoseconds_a_millisecond = 1'000'000;

std::int64_t wall_clock_ns() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_REALTIME, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

TakeoverReason reason_of(Condition condition, BypassOrder order) noexcept {
  if (order == BypassOrder::on) return TakeoverReason::ordered;
  switch (condition) {
    case Condition::hung: return TakeoverReason::hung;
    case Condition::idle: return TakeoverReason::idle;
    default: return TakeoverReason::absent;
  }
}

}  // namespace

Guard::Guard(const config::ConfigurationT& configuration, GuardFile file, Wires wires, Netlink changes, Orders orders)
    : file_(std::move(file)),
      page_(&file_.page()),
      wires_(std::move(wires)),
      changes_(std::move(changes)),
      orders_(std::move(orders)),
      relay_(configuration.guard->relay_command, wires_.relayed(),
             std::chrono::milliseconds{configuration.guard->relay_timeout_ms}),
      data_plane_(configuration.events->shared_memory),
      watch_(std::chrono::milliseconds{configuration.guard->stall_timeout_ms}),
      custody_(page_->epoch.load()),
      interval_(std::chrono::nanoseconds{std::chrono::milliseconds{configuration.guard->stall_timeout_ms}} /
                looks_in_limit) {
  page_->process = static_cast<std::uint32_t>(::getpid());
  if (page_->order != BypassOrder::automatic)
    say("goes by an order of before: bypass %s", text_of(page_->order.load()).data());
  const bool holds = custody_.holds();
  if (holds) {
    open_ways(data_plane_.look().lives);
  } else {
    wires_.close_visible();
    wires_.hide();
  }
  // One that goes on for another has had the wire since then.
  if (!holds || page_->holder != WireHolder::guard) show(holds ? WireHolder::guard : WireHolder::data_plane);
}

void Guard::run(const volatile std::sig_atomic_t& stop, const sigset_t& signals) noexcept {
  while (stop == 0) {
    const bool changed = changes_.drain();
    if (changed) wires_.look_for_interfaces();
    const auto now = std::chrono::steady_clock::now();
    const auto& sight = data_plane_.look();
    health_ = watch_.look(sight, now);
    page_->looks = page_->looks + 1;
    obey();
    switch (custody_.next(health_, sight, page_->epoch.load(), page_->order)) {
      case Custody::Step::take: take(sight.lives, now); break;
      case Custody::Step::hold: open_ways(sight.lives); break;
      case Custody::Step::bury: wires_.hide(); break;
      case Custody::Step::offer: offer(); break;
      case Custody::Step::give_back: give_back(now); break;
      case Custody::Step::shut: shut(now); break;
      case Custody::Step::stand_by: wires_.stand_by(); break;
      case Custody::Step::none:
        if (changed && custody_.is_holding()) wires_.open(false);
        break;
    }
    relay_.look(now);
    wait(signals);
  }
}

void Guard::wait(const sigset_t& signals) noexcept {
  std::array waited_for{pollfd{changes_.descriptor(), POLLIN, 0}, pollfd{relay_.end(), POLLIN, 0},
                        pollfd{data_plane_.end_of_process(), POLLIN, 0}};
  const bool knows_end = health_.condition == Condition::absent;  // else it would be told on and on
  const auto rest = health_.may_be_dying ? std::min(interval_, second_look) : interval_;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(rest);
  const timespec interval{seconds.count(), static_cast<long>((rest - seconds).count())};
  (void)::ppoll(waited_for.data(), waited_for.size() - (knows_end ? 1 : 0), &interval, &signals);
}

// Read a few times in the limit, and not waited for: who sends on and on cannot keep it busy.
void Guard::obey() noexcept {
  const auto given = orders_.take();
  if (!given || given->order == page_->order) return;
  page_->order_user = given->user;
  page_->order = given->order;
  say("ordered by user %u (process %d): bypass %s", given->user, given->process, text_of(given->order).data());
}

// Of one that lives, the XDP programs are put aside. Of one that has ended they are not, nor do they stay so, whoever
// put them there: without a socket they pass frames on, and the next data plane wants to find them.
void Guard::open_ways(bool lives) noexcept {
  wires_.open(lives);
  if (!lives) wires_.hide();
}

void Guard::take(bool lives, Moment now) noexcept {
  const auto epoch = page_->epoch.load();
  if (epoch % 2 == 0) page_->epoch.store(epoch + 1);
  const bool unplugged = lives && health_.condition == Condition::absent && data_plane_.is_ending() && wires_.unplug();
  open_ways(lives && !unplugged);
  if (page_->holder == WireHolder::guard) return;  // it was offered, and not claimed
  relay_.want(true, now);
  page_->reason = reason_of(health_.condition, page_->order);
  page_->takeovers = page_->takeovers + 1;
  show(WireHolder::guard);
  if (page_->order == BypassOrder::on) return say("holds the wire, as ordered");
  switch (health_.condition) {
    case Condition::hung: say("holds the wire: worker %u of the data plane does not move", health_.worker); break;
    case Condition::idle: say("holds the wire: the data plane's workers have ended"); break;
    default: say("holds the wire: no data plane runs"); break;
  }
}

void Guard::offer() noexcept {
  wires_.close_visible();
  end_bypass_epoch();
}

void Guard::end_bypass_epoch() noexcept {
  if (const auto epoch = page_->epoch.load(); epoch % 2 != 0) page_->epoch.store(epoch + 1);
}

void Guard::shut(Moment now) noexcept {
  wires_.shut();
  end_bypass_epoch();
  relay_.want(false, now);
  show(WireHolder::data_plane);
  say("leads nothing past the data plane, as ordered%s",
      health_.condition == Condition::well ? "" : ": NOTHING CROSSES");
}

void Guard::give_back(Moment now) noexcept {
  wires_.hide();
  relay_.want(false, now);
  const auto held_ms = (wall_clock_ns() - page_->since_ns) / nanoseconds_a_millisecond;
  show(WireHolder::data_plane);
  say("stands by: the data plane has the wire again, after %lld ms", static_cast<long long>(held_ms));
}

void Guard::show(WireHolder holder) noexcept {
  page_->since_ns = wall_clock_ns();
  page_->holder = holder;
}

void Guard::leave() noexcept {
  const bool lives = data_plane_.look().lives;
  if (custody_.holds() && !lives) say("leaves, and NOTHING HOLDS THE WIRE until a data plane starts");
  if (lives) say("leaves; the interfaces stay as the data plane needs them");
  wires_.close_visible();
  end_bypass_epoch();
  wires_.hide();
  wires_.undo(lives);
  page_->process = 0;
  show(WireHolder::nobody);
}

}  // namespace sluice
