// The verdict: a pure function of rule, policy and time.
#pragma once

#include <cstdint>

#include "dataplane/event.hh"
#include "dataplane/ruleset.hh"
#include "dataplane/tick.hh"

namespace sluice {

enum class Mode : std::uint8_t { monitor, enforce };

struct Policy {
  Mode mode = Mode::monitor;
  // A hit on an address alone is weak evidence (addresses change hands), so it blocks only where the operator
  // says so.
  bool block_addresses = false;
};

// What `enforce` does with traffic that hits `rule` at `now`: names of medium confidence and above are blocked;
// rows of low confidence never are, and an expired row counts as low. A signature says itself what it does.
[[nodiscard]] Action enforced_action(const Policy& policy, const Rule& rule, Tick now) noexcept;

// Who is told where that rule drops.
[[nodiscard]] RejectTarget reject_target(const Rule& rule) noexcept;

}  // namespace sluice
