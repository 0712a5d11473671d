// One thing that became of a push, as an event says it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

enum class PushHappening : std::uint8_t {
  applied,         // it is live
  shadowed,        // it is live, and its new rules are held for a trial
  kept,            // it was watched, and the tap does as well as before
  reverted,        // the tap did worse: what was live before is again
  unjudged,        // the watch ended without a verdict
  promoted,        // the rules of a trial block from now on
  withdrawn,       // what was live before a trial is again
  rule_held,       // a new rule blocked too much: it raises alarms, and blocks no more
  rules_released,  // an operator has let held rules block again
};
constexpr std::array<std::string_view, 9> push_happenings{
    "applied", "shadowed", "kept", "reverted", "unjudged", "promoted", "withdrawn", "rule-held", "rules-released"};

struct PushNote {
  PushHappening what{};
  std::string reason;  // empty: none
  std::string rule;    // that it is about; empty: the push
  struct Counts {
    std::uint64_t blocks = 0;
    std::uint64_t flows = 0;
    std::uint64_t devices = 0;
  };
  std::optional<Counts> counts;  // of what was blocked, or would have been
};

}  // namespace sluice
