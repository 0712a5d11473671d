// What a signature may cost before it is suspended: the main core's look at what workers counted. A rule that is
// suspended is not tried by any worker until the next generation, or until an operator resumes it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/base/tick.hh"
#include "dataplane/match/generation.hh"
#include "dataplane/match/rule_report.hh"
#include "dataplane/signatures/rule_cost.hh"

namespace sluice {

struct RuleBudgetOptions {
  std::uint32_t percent = 0;          // of one worker's time; 0 = no bound
  std::uint32_t limit_hits = 0;       // of PCRE2's limits, a worker and minute; 0 = no bound
  std::vector<std::string> exempt{};  // ids of rules, `LIST/*` for all of a list
};

// A rule is over its budget in one look; one look may be wrong, as when the worker lost its CPU in a sample.
constexpr auto rule_look_interval = std::chrono::milliseconds{500};
constexpr std::uint8_t rule_looks_over_budget = 3;
constexpr auto rule_limits_interval = std::chrono::minutes{1};

class RuleBudget {
 public:
  using Clock = std::chrono::steady_clock;
  // What the main core says of a rule that it has just suspended.
  struct Suspended {
    RuleLabel label;
    Suspension cause{};
    std::uint32_t worker = 0;
    std::uint64_t measured = 0;  // per mille of the worker's time, or hits of limits in a minute
  };
  // Suspended now.
  struct State {
    std::uint32_t rules = 0;
    std::uint32_t blocking = 0;  // of these: what they block passes
    std::string first;           // id of one, a blocking one where there is one
  };

  explicit RuleBudget(RuleBudgetOptions options) : options_(std::move(options)) {}

  // Every now and then, with what is live; `cycles`: of the time stamp counter. Does nothing before its time.
  [[nodiscard]] std::vector<Suspended> look(const Generation& live, Clock::time_point now, std::uint64_t cycles,
                                            Tick wall_time);
  // Takes suspended rules of the live generation into use again: those of these ids, or all. How many those were.
  [[nodiscard]] std::uint32_t resume(const Generation& live, const std::vector<std::string>& rules);
  // The first id that is no signature's; empty where there is none.
  [[nodiscard]] static std::string first_unknown(const Generation& live, const std::vector<std::string>& rules);
  [[nodiscard]] RuleReport report(const Generation& live, std::uint64_t cycles) const;
  [[nodiscard]] const State& state() const noexcept { return state_; }
  // Since the start, by cause.
  [[nodiscard]] std::uint64_t suspensions(Suspension cause) const noexcept {
    return suspensions_[static_cast<std::size_t>(cause)];
  }

 private:
  // As a rule's counts stood at the last look.
  struct Before {
    std::uint64_t checked = 0;
    std::uint64_t sampled = 0;
    std::uint64_t cycles = 0;
    std::uint8_t looks_over = 0;
  };
  struct Watched {  // one worker
    std::uint64_t sampled_cycles = 0;
    std::uint64_t limits = 0;              // at the begin of the minute
    std::vector<Before> before;            // empty while nobody can be over the budget
    std::vector<std::uint64_t> limits_of;  // by row, at the begin of the minute; empty = all 0
  };
  struct Verdict {
    Suspension suspension = Suspension::none;
    std::int64_t since_ns = 0;
  };

  void begin(const Generation& live, Clock::time_point now, std::uint64_t cycles);
  [[nodiscard]] bool is_exempt(const std::string& rule_id) const noexcept;
  void look_at_cycles(const Generation& live, std::uint32_t worker, std::uint64_t elapsed);
  void look_at_limits(const Generation& live, std::uint32_t worker, bool minute_ends);
  void suspend(const Generation& live, std::size_t row, Suspended what);
  void refresh_state(const Generation& live);
  void set(const Generation& live, std::size_t row, bool suspended) const;

  RuleBudgetOptions options_;
  std::optional<std::uint32_t> generation_;
  Clock::time_point next_look_{};
  Clock::time_point next_minute_{};
  std::uint64_t began_ = 0;   // cycles, with the generation
  std::uint64_t looked_ = 0;  // at the last look
  std::vector<Watched> workers_;
  std::vector<Verdict> verdicts_;  // by row
  State state_;
  std::vector<Suspended> fresh_;
  std::array<std::uint64_t, suspension_names.size()> suspensions_{};
  Tick wall_time_{};
};

}  // namespace sluice
