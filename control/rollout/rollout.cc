#include "control/rollout/rollout.hh"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "control/rollout/rule_changes.hh"

namespace sluice {
namespace {

using Kind = PushFailure::Kind;

constexpr auto worker_look = std::chrono::milliseconds{20};

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

tl::unexpected<PushFailure> busy() {
  return tl::unexpected(PushFailure{Kind::busy, "another push is under way", "try again when it has ended"});
}

tl::unexpected<PushFailure> no_trial() {
  return tl::unexpected(PushFailure{Kind::refused, "no rules are on trial",
                                    "`sluice push FILE --shadow 1h --promote-if ...` begins one"});
}

// Whether the data plane says so of all of them, and each worker's own probe.
bool every_worker_uses(const LoopStatus& status, std::uint32_t generation) {
  if (!status.up || !status.reading || status.reading->generation < generation) return false;
  return std::ranges::all_of(status.reading->workers, [&](const TapReading::Worker& worker) {
    return worker.counters.probe.success_generation >= generation;
  });
}

}  // namespace

Rollout::Rollout(RolloutOptions options, Parts parts)
    : options_(std::move(options)),
      parts_(std::move(parts)),
      holds_(options_.state_directory + "/held.json"),
      fuse_(options_.fuse) {
  restore();
  thread_ = std::thread{[this] { run(); }};
}

Rollout::~Rollout() {
  {
    const std::lock_guard lock{stop_mutex_};
    stop_ = true;
  }
  stopped_.notify_one();
  thread_.join();
}

// What the program knew before it was started anew: which rules are new still, and a trial, whose counts begin anew.
void Rollout::restore() {
  shown_.complaint = holds_.complaint();
  const auto now = Clock::now();
  const auto wall = now_ns();
  const auto first = std::chrono::nanoseconds{options_.fuse.first}.count();
  for (const auto& change : parts_.pushes->changes_since(wall - first)) {
    const auto bytes_of = [](const std::vector<SignedPack>& packs) {
      std::vector<PackBytes> bytes;
      for (const auto& pack : packs) bytes.emplace_back(pack.bytes);
      return bytes;
    };
    const auto age = std::chrono::nanoseconds{std::max<std::int64_t>(wall - change.when_ns, 0)};
    fuse_.arm(new_rules(bytes_of(change.before), bytes_of(change.after)), fuse_.end_of(now) - age);
  }
  auto kept = load_trial(trial_path());
  if (!kept) shown_.complaint = kept.error() + "; rules of a trial stay held: push again, or `sluice fuse reset --all`";
  if (kept && *kept && holds_.count(HoldCause::trial) != 0) {
    std::vector<std::string> rules;
    for (const auto& held : holds_.rules())
      if (held.cause == HoldCause::trial) rules.push_back(held.rule);
    trial_ = Trial{(*kept)->request, RuleIds{std::move(rules)}, (*kept)->began_ns, now + (*kept)->request.time, 0, 0};
  }
  count_again();
}

Rollout::Result Rollout::push(const SignedPack& pack, const Request& request) {
  return pushed(request, [&](const BeforeLive& before) { return parts_.pushes->push(pack, request.options, before); });
}

Rollout::Result Rollout::push_ruleset(const SignedManifest& manifest, const std::vector<SignedPack>& packs,
                                      const Request& request) {
  return pushed(request, [&](const BeforeLive& before) {
    return parts_.pushes->push_ruleset(manifest, packs, request.options, before);
  });
}

template <class Push>
Rollout::Result Rollout::pushed(const Request& request, const Push& push) {
  const std::unique_lock lock{operation_, step_patience};
  if (!lock) return busy();
  fresh_ = {};
  const auto pushed = push([&](const SetChange& change) { return prepare(change, request); });
  if (!pushed) {
    HoldList without = holds_;
    if (request.trial && !trial_ && without.remove_all(HoldCause::trial) != 0) (void)hold(std::move(without));
    return tl::unexpected(pushed.error());
  }
  Done done{*pushed, 0, 0, 0};
  if (!request.options.dry_run && !pushed->already_live) live(request, done);
  if (!request.wait || request.options.dry_run) return done;
  if (const auto used = await_workers(pushed->published.generation); !used) return tl::unexpected(used.error());
  return done;
}

// Before it is live: what is tried in the shadow is held from its first packet on.
Rollout::Failure Rollout::prepare(const SetChange& change, const Request& request) {
  if (trial_)
    return tl::unexpected(PushFailure{Kind::refused, "the rules of the last push are on trial",
                                      "`sluice push --promote` or `--withdraw` ends it, `sluice rollback` too"});
  fresh_ = new_rules(change.before, change.after);
  {
    const std::lock_guard lock{mutex_};
    before_ = samples_;
  }
  if (!request.trial) return {};
  HoldList next = holds_;
  for (const auto& rule : fresh_.rules())
    if (!next.add({rule, HoldCause::trial, now_ns(), {}}))
      return tl::unexpected(PushFailure{
          Kind::refused, fmt::format("more than {} rules would be held", HoldList::limit),
          "put new rules into a pack of their own, which is held as a whole, or push them a part at a time"});
  return hold(std::move(next));
}

void Rollout::live(const Request& request, Done& done) {
  done.new_rules = fresh_.rules().size();
  const auto now = Clock::now();
  std::string reason;
  if (request.trial) {
    done.held = done.new_rules;
    const Trial trial{*request.trial,
                      fresh_,
                      now_ns(),
                      now + request.trial->time,
                      before_.empty() ? 0 : before_.back().events_lost,
                      before_.empty() ? 0 : before_.back().epoch};
    const auto saved = save_trial(trial_path(), KeptTrial{trial.request, trial.began_ns});
    const std::lock_guard lock{mutex_};
    trial_ = trial;
    if (!saved) shown_.complaint = "a restart would forget the trial: " + saved.error();
    reason = "promoted if " + request.trial->condition.text();
  } else {
    // A rule that was held, and is another one now, gets another chance.
    HoldList next = holds_;
    std::size_t lifted = 0;
    for (const auto& held : holds_.rules())
      if (fresh_.means(held.rule)) lifted += next.remove(held.rule, HoldCause::fuse);
    if (lifted != 0) (void)hold(std::move(next));
    const std::lock_guard lock{mutex_};
    fuse_.arm(fresh_, fuse_.end_of(now));
  }
  for (const auto& rule : fresh_.rules()) parts_.tally->forget(rule);
  count_again();
  begin_watch();
  {
    const std::lock_guard lock{mutex_};
    if (watching_) done.watch = shown_.watch.number;
  }
  say(request.trial ? PushHappening::shadowed : PushHappening::applied, std::move(reason));
}

Rollout::Failure Rollout::await_workers(std::uint32_t generation) const {
  for (const auto until = Clock::now() + report_patience; Clock::now() < until;
       std::this_thread::sleep_for(worker_look))
    if (every_worker_uses(parts_.events->status(), generation)) return {};
  return tl::unexpected(
      PushFailure{Kind::failed,
                  fmt::format("generation {} is live, and not every worker has said within {} s that it uses it",
                              generation, report_patience.count()),
                  "see the state of the tap: `sluice status`"});
}

tl::expected<PushDone, PushFailure> Rollout::rollback(bool dry_run) {
  const std::unique_lock lock{operation_, step_patience};
  if (!lock) return busy();
  auto done = parts_.pushes->rollback(dry_run);
  if (!done || dry_run) return done;
  end_watch(WatchState::superseded, {});
  withdrawn("an operator rolled it back");
  return done;
}

Rollout::Failure Rollout::promote() {
  const std::unique_lock lock{operation_, step_patience};
  if (!lock) return busy();
  if (trial_ && !trial_->withdrawn.empty()) return busy();
  return end_trial(true, "by an operator");
}

Rollout::Failure Rollout::withdraw() {
  const std::unique_lock lock{operation_, step_patience};
  if (!lock) return busy();
  if (!trial_) return no_trial();
  if (trial_->withdrawn.empty())
    if (const auto reverted = parts_.pushes->revert("withdrawal"); !reverted) return tl::unexpected(reverted.error());
  end_watch(WatchState::superseded, {});
  withdrawn("by an operator");
  return {};
}

// The packs before the trial are live again, so that none of its rules blocks for a moment. Where the data plane does
// not take it now, it is told at the next step.
void Rollout::withdrawn(const std::string& reason) {
  if (!trial_) return;
  trial_->withdrawn = reason;
  (void)end_trial(false, reason);
}

Rollout::Failure Rollout::end_trial(bool promoted, const std::string& reason) {
  if (!trial_) return no_trial();
  HoldList next = holds_;
  next.remove_all(HoldCause::trial);
  if (const auto held = hold(std::move(next)); !held) return held;
  const auto counts = parts_.tally->sum(trial_->rules);
  const auto rules = trial_->rules;
  const auto saved = save_trial(trial_path(), std::nullopt);
  {
    const std::lock_guard lock{mutex_};
    trial_.reset();
    ++(promoted ? shown_.promoted : shown_.withdrawn);
    if (promoted) fuse_.arm(rules, fuse_.end_of(Clock::now()));
    before_ = samples_;
    if (!saved) shown_.complaint = saved.error();
  }
  // From now on they block: what they would have blocked is not held against them.
  for (const auto& rule : rules.rules()) parts_.tally->forget(rule);
  count_again();
  if (promoted) begin_watch();
  say(promoted ? PushHappening::promoted : PushHappening::withdrawn, reason, {}, counts);
  return {};
}

tl::expected<std::size_t, PushFailure> Rollout::release(const std::vector<std::string>& rules) {
  const std::unique_lock lock{operation_, step_patience};
  if (!lock) return busy();
  HoldList next = holds_;
  std::vector<std::string> released;
  if (rules.empty()) {
    for (const auto& held : next.rules())
      if (held.cause == HoldCause::fuse) released.push_back(held.rule);
    next.remove_all(HoldCause::fuse);
    if (!trial_) next.remove_all(HoldCause::trial);  // of a trial that was forgotten
  }
  for (const auto& rule : rules) {
    if (next.remove(rule, HoldCause::fuse) == 0)
      return tl::unexpected(
          PushFailure{Kind::refused, rule + " is not held by the fuse", "`sluice fuse list` has those that are"});
    released.push_back(rule);
  }
  if (const auto held = hold(std::move(next)); !held) return tl::unexpected(held.error());
  {
    const std::lock_guard lock{mutex_};
    for (const auto& rule : released) fuse_.excuse(rule);
  }
  for (const auto& rule : released) {
    parts_.tally->forget(rule);
    say(PushHappening::rules_released, {}, rule);
  }
  return released.size();
}

// All of it or nothing: what the data plane does not take is not written down either.
Rollout::Failure Rollout::hold(HoldList next) {
  if (const auto held = parts_.tap.hold(next.ids()); !held) {
    const auto kind = held.error().reached ? Kind::busy : Kind::unreachable;
    return tl::unexpected(PushFailure{kind, held.error().text, "nothing was changed: try again in a moment"});
  }
  next.save();
  const std::lock_guard lock{mutex_};
  holds_ = std::move(next);
  if (!holds_.complaint().empty()) shown_.complaint = holds_.complaint();
  return {};
}

// What the tally looks for: the rules that are new, and those on trial.
void Rollout::count_again() {
  const std::lock_guard lock{mutex_};
  auto rules = fuse_.armed(Clock::now());
  if (trial_) rules.push_back(trial_->rules);
  parts_.tally->watch(std::move(rules));
}

void Rollout::say(PushHappening what, std::string reason, std::string rule, std::optional<BlockCounts> counts) {
  std::fprintf(stderr, "sluice-control: push: %s%s%s%s%s\n", push_happenings[static_cast<std::size_t>(what)].data(),
               rule.empty() ? "" : " ", rule.c_str(), reason.empty() ? "" : ": ", reason.c_str());
  PushNote note{what, std::move(reason), std::move(rule), std::nullopt};
  if (counts) note.counts = {counts->blocks, counts->flows, counts->devices};
  parts_.events->write_push(note);
}

RolloutStatus Rollout::status() {
  const std::lock_guard lock{mutex_};
  auto status = shown_;
  status.held = holds_.rules();
  status.counts_cut = parts_.tally->cut();
  if (trial_) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(trial_->ends - Clock::now()).count();
    status.trial = TrialStatus{trial_->request.condition.text(), trial_->began_ns, now_ns() + left,
                               trial_->rules.rules().size(), parts_.tally->sum(trial_->rules)};
  }
  return status;
}

}  // namespace sluice
