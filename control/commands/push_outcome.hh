// What became of a push, said to people and to machines, and waited for.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "control/api/control_client.hh"
#include "control/commands/command.hh"

namespace sluice {

struct PushOutcome {
  enum class State : std::uint8_t { applied, already_live, checked, refused, reverted };
  State state{};
  std::uint64_t generation = 0;
  std::string digest;  // of the ruleset
  std::uint64_t packs = 0;
  std::uint64_t new_rules = 0;
  std::uint64_t held = 0;   // of them, for a trial
  std::uint64_t watch = 0;  // its number; 0: it is not watched
  std::string reason;       // why it was refused or reverted, or what else is to be known

  [[nodiscard]] static PushOutcome of(const nlohmann::json& answer);
  [[nodiscard]] static PushOutcome refused(std::string why);
};

// The verdict of the watch after the push; at once where it is not watched.
[[nodiscard]] PushOutcome watched(ControlClient& client, PushOutcome outcome);

[[nodiscard]] Exit exit_of(PushOutcome::State state) noexcept;
// {"state", "generation", "digest", "counts": {"packs", "new_rules", "held"}, "reason"}, with a line end.
[[nodiscard]] std::string json_text(const PushOutcome& outcome);

}  // namespace sluice
