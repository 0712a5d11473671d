// What is known of pushes and what followed them, at one moment.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/rollout/hold_list.hh"

namespace sluice {

enum class WatchState : std::uint8_t {
  none,      // no push was watched since the program's start
  watching,  // the verdict is to come
  kept,
  reverted,
  unjudged,    // the data plane was ended meanwhile, or what was to be undone could not be
  superseded,  // another push, or a rollback, came meanwhile
};
constexpr std::array<std::string_view, 6> watch_states{"none",     "watching", "kept",
                                                       "reverted", "unjudged", "superseded"};

struct WatchStatus {
  std::uint64_t number = 0;  // counts up with each push that is watched
  WatchState state = WatchState::none;
  std::string reason;  // of what was undone, or could not be judged
  std::int64_t since_ns = 0;
  std::int64_t until_ns = 0;
};

struct TrialStatus {
  std::string condition;
  std::int64_t since_ns = 0;
  std::int64_t until_ns = 0;
  std::size_t rules = 0;  // ids, and packs that are held as a whole
  BlockCounts counts;     // of what they would have blocked
};

struct RolloutStatus {
  std::vector<HeldRule> held;
  WatchStatus watch;
  std::optional<TrialStatus> trial;
  std::array<std::uint64_t, watch_states.size()> watches{};  // by how they ended
  std::uint64_t promoted = 0;                                // trials
  std::uint64_t withdrawn = 0;
  std::uint64_t fuse_trips = 0;
  std::uint64_t fuse_full = 0;   // rules that were to be held, and found no room
  std::uint64_t counts_cut = 0;  // blocks and devices that found no room to be counted
  std::string complaint;         // what is wrong with the files that keep all this; empty: nothing
};

// GET /v1/rollout, and `rollout` of the status.
[[nodiscard]] nlohmann::ordered_json rollout_document(const RolloutStatus& status);
// Sentences for who reads the status: what is held, and what is on trial.
[[nodiscard]] std::vector<std::string> rollout_notices(const RolloutStatus& status);

}  // namespace sluice
