// A shadow trial: new rules are live and held, so that what they would block is counted, until a condition decides.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "control/rollout/promote_condition.hh"
#include "dataplane/exchange/hold_file.hh"

namespace sluice {

struct TrialRequest {
  std::chrono::milliseconds time{};
  PromoteCondition condition;
};
constexpr std::chrono::hours longest_trial{31 * 24};

// A number and a unit: 90s, 30m, 1h, 2d; 31 days at most. The error says what may stand there.
[[nodiscard]] tl::expected<std::chrono::milliseconds, std::string> trial_time(std::string_view text);

struct Trial {
  using Clock = std::chrono::steady_clock;

  TrialRequest request;
  RuleIds rules;
  std::int64_t began_ns = 0;  // since 1970
  Clock::time_point ends{};
  std::uint64_t events_lost = 0;  // by the data plane, when it began
  std::uint64_t epoch = 0;        // of the data plane that this is of
  std::string withdrawn{};        // why the packs before it are live again, and its rules are to be let go
};

// As it lies on disk. Its rules are those that the hold list has for a trial; what they would have blocked is not kept,
// and the time begins anew.
struct KeptTrial {
  TrialRequest request;
  std::int64_t began_ns = 0;
};
[[nodiscard]] tl::expected<std::optional<KeptTrial>, std::string> load_trial(const std::string& path);
// Nothing: none is under way any more.
[[nodiscard]] tl::expected<void, std::string> save_trial(const std::string& path,
                                                         const std::optional<KeptTrial>& trial);

}  // namespace sluice
