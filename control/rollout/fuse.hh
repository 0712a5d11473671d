// The rule fuse: a new rule that blocks more than it should is held, and blocks no more.
#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "control/rollout/block_tally.hh"

namespace sluice {

struct FuseOptions {
  std::chrono::milliseconds first{};  // for how long a rule is new
  std::uint64_t flows = 0;            // that it may block; 0: any number
  std::uint64_t devices = 0;          // the same
};

class Fuse {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t push_limit = 16;  // pushes whose rules are new: of more, the oldest are let go

  explicit Fuse(FuseOptions options) : options_(options) {}

  // These are new until then.
  void arm(RuleIds rules, Clock::time_point until);
  [[nodiscard]] Clock::time_point end_of(Clock::time_point pushed) const noexcept { return pushed + options_.first; }
  // An operator has said that this one may go on.
  void excuse(const std::string& rule) { excused_.insert(rule); }
  // What is new now, for the tally.
  [[nodiscard]] std::vector<RuleIds> armed(Clock::time_point now);

  struct Trip {
    std::string rule;
    BlockCounts counts;
    std::string reason;
  };
  // New rules beyond a bound, by what was blocked.
  [[nodiscard]] std::vector<Trip> look(const std::vector<BlockTally::Row>& rows, Clock::time_point now);

 private:
  struct Armed {
    RuleIds rules;
    Clock::time_point until;
  };

  FuseOptions options_;
  std::vector<Armed> armed_;
  std::set<std::string> excused_;
};

}  // namespace sluice
