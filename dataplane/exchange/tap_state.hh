// In what state the tap is, and why: decided here from what is known, so that nothing else has an opinion.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dataplane/base/tick.hh"

namespace sluice {

// Numbers stand in shared memory.
enum class TapState : std::uint32_t {
  starting = 0,     // forwards; its first rules are being loaded
  inspecting = 1,   // every worker matches the whole ruleset
  degraded = 2,     // inspects, with less than it should have: the reason says what
  uninspected = 3,  // forwards without looking: no rules, a worker that hangs, or one that does not find what it must
  stopped = 4,      // ended as asked
};
[[nodiscard]] std::string_view name_of(TapState state) noexcept;

struct TapCondition {
  bool loading_first = false;
  std::optional<std::uint32_t> hung_worker;
  bool has_rules = false;
  std::string unanswered;  // which worker's known-answer probe does not succeed, and where; empty = all do
  // The live pack that expired first, and when; indicators of an expired pack go on.
  std::string stale;  // what has expired: "pack NAME" or "ruleset NAME"
  Tick stale_since{};
  std::string unaccounted;  // at which port packets came or left uncounted; empty = at none
  // Rules that cost too much are not tried (rule_budget.hh).
  std::uint32_t suspended_rules = 0;
  std::uint32_t suspended_blocking = 0;
  std::string suspended_rule;
  std::string lapsed;       // what of the traffic a worker does not inspect as it should (lapses.hh); empty = nothing
  std::string shortcoming;  // what of the rules could not be loaded, and what runs instead; empty = nothing
};

struct TapVerdict {
  TapState state{};
  std::string reason;  // one line; empty where the state is `inspecting`
};

// The gravest first.
[[nodiscard]] TapVerdict judge(const TapCondition& condition);

}  // namespace sluice
