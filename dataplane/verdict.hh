// The verdict: a pure function of rule, the site's policy, place and time.
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

// What is done with one hit, and who said so.
struct Decision {
  Action action = Action::pass;
  RejectTarget reject = RejectTarget::none;  // who is told
  Action asked = Action::pass;               // without what the site excepts
  const PolicyLine* line = nullptr;          // of the site's policy that decided; null: another did
  Shield shield = Shield::none;              // what kept it from being blocked
};

// In this order: what is never blocked passes; so does what the site permits; then the first line of its policy that
// holds there decides; where none does, the rule does as above. What has expired is not blocked, whatever a line says.
// `context`: without what matched, which is the row's to say.
[[nodiscard]] Decision decide(const Policy& policy, const Ruleset& rules, std::uint32_t row, const HitPlace& place,
                              HitContext context, Tick now) noexcept;

}  // namespace sluice
