// What follows a push: its new rules are watched by the fuse or tried in the shadow, and the tap as a whole is watched;
// what does harm is undone. One operation at a time; nothing here is on a packet's way.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "control/api/pushes.hh"
#include "control/rollout/fuse.hh"
#include "control/rollout/hold_list.hh"
#include "control/rollout/push_watch.hh"
#include "control/rollout/rollout_status.hh"
#include "control/rollout/trial.hh"
#include "control/tap/event_loop.hh"

namespace sluice {

struct RolloutOptions {
  std::string state_directory;        // of the control plane
  std::chrono::milliseconds watch{};  // after a push; 0: not
  FuseOptions fuse;
};

class Rollout {
 public:
  // For every worker to say that it uses the pushed rules.
  static constexpr auto report_patience = std::chrono::seconds{10};

  // For a step, which may be telling the data plane something; a push under way takes longer.
  static constexpr auto step_patience = std::chrono::seconds{1};
  // For the data plane to take back what is to be undone.
  static constexpr auto undo_patience = std::chrono::minutes{1};

  // All of them outlive it.
  struct Parts {
    Pushes* pushes = nullptr;
    EventLoop* events = nullptr;
    BlockTally* tally = nullptr;
    TapCommands tap;
  };
  Rollout(RolloutOptions options, Parts parts);
  ~Rollout();
  Rollout(const Rollout&) = delete;
  Rollout& operator=(const Rollout&) = delete;

  struct Request {
    PushOptions options;
    bool wait = false;  // until every worker has said that it uses these rules
    std::optional<TrialRequest> trial;
  };
  struct Done {
    PushDone push;
    std::size_t new_rules = 0;  // ids, and packs that are new as a whole
    std::size_t held = 0;       // of them, for a trial
    std::uint64_t watch = 0;    // number of the watch; 0: it is not watched
  };
  using Result = tl::expected<Done, PushFailure>;
  [[nodiscard]] Result push(const SignedPack& pack, const Request& request);
  [[nodiscard]] Result push_ruleset(const SignedManifest& manifest, const std::vector<SignedPack>& packs,
                                    const Request& request);
  // Ends a trial, as withdrawn, and the watch.
  [[nodiscard]] tl::expected<PushDone, PushFailure> rollback(bool dry_run);
  // The trial that is under way, decided by hand.
  [[nodiscard]] tl::expected<void, PushFailure> promote();
  [[nodiscard]] tl::expected<void, PushFailure> withdraw();
  // Lets rules block again that the fuse holds: these, or all. How many those were; refused where one is not held.
  [[nodiscard]] tl::expected<std::size_t, PushFailure> release(const std::vector<std::string>& rules);

  [[nodiscard]] RolloutStatus status();

 private:
  using Clock = std::chrono::steady_clock;
  struct Watching {
    PushWatch watch;
    Clock::time_point until;
  };
  using Failure = tl::expected<void, PushFailure>;

  // Of operation_, which the caller holds from here to the end of this block.
  template <class Push>
  [[nodiscard]] Result pushed(const Request& request, const Push& push);
  [[nodiscard]] Failure prepare(const SetChange& change, const Request& request);
  void live(const Request& request, Done& done);
  [[nodiscard]] Failure await_workers(std::uint32_t generation) const;
  void begin_watch();
  void end_watch(WatchState state, std::string reason);
  [[nodiscard]] Failure end_trial(bool promoted, const std::string& reason);
  void withdrawn(const std::string& reason);
  [[nodiscard]] Failure hold(HoldList next);
  void count_again();
  void step(const TapSample& sample);
  void step_watch(const TapSample& sample);
  void step_fuse();
  void step_trial(const TapSample& sample);

  void run();
  void restore();
  void say(PushHappening what, std::string reason, std::string rule = {},
           std::optional<BlockCounts> counts = std::nullopt);
  [[nodiscard]] std::string trial_path() const { return options_.state_directory + "/trial.json"; }

  RolloutOptions options_;
  Parts parts_;

  std::timed_mutex operation_;  // held for a whole push, and for a step
  RuleIds fresh_;               // rules of the push under way
  std::deque<TapSample> before_;
  Clock::time_point next_send_{};
  std::string undo_reason_;  // of the watch: to be tried again
  bool is_sent_ = false;     // the data plane has the list as it stands
  std::uint64_t epoch_ = 0;  // of that data plane

  std::mutex mutex_;  // of what follows: never held for long
  HoldList holds_;
  Fuse fuse_;
  std::optional<Watching> watching_;
  std::optional<Trial> trial_;
  RolloutStatus shown_;
  std::deque<TapSample> samples_;

  std::mutex stop_mutex_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace sluice
