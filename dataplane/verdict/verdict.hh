// The verdict: a pure function of rule, the site's policy, place and time.
#pragma once

#include <cstdint>

#include "dataplane/base/mode.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/event/event.hh"
#include "dataplane/sets/ruleset.hh"

namespace sluice {

// Classes that are watched where nobody says otherwise: to block tells who attacks that he was seen.
[[nodiscard]] bool is_watched(FindingClass finding_class) noexcept;

// What `enforce` does with traffic that hits `rule` at `now`, where no line of the policy says it. A signature says
// itself what it does. Of an indicator: names of medium confidence and above are blocked, where the row says that
// nothing stops working, or is true by definition and says nothing of it, and its class is not watched; rows of low
// confidence never are, and an expired one counts as low.
[[nodiscard]] Action enforced_action(const Policy& policy, const Rule& rule, Tick now) noexcept;

// What is done with one hit, and who said so.
struct Decision {
  Action action = Action::pass;
  RejectTarget reject = RejectTarget::none;  // who is told
  DnsAnswer answer = DnsAnswer::none;        // to a look-up; what is none is rejected
  std::uint32_t limit = 0;                   // RateLimit::id that its flow is held to; it passes
  Action asked = Action::pass;               // without what the site excepts; a limit is asked for like a drop
  const PolicyLine* line = nullptr;          // of the site's policy that decided; null: another did
  Shield shield = Shield::none;              // what kept it from being blocked
  bool held = false;                         // the rule does none of this for now: what it would do is said
};

// In this order: what is never blocked passes; so does what the site permits; then the first line of its policy that
// holds there decides; where none does, the rule does as above. What has expired is not blocked, whatever a line says,
// and an indicator that breaks something is by a line that says so alone. A rule that is held is judged like any other.
// `context`: without what matched, which is the row's to say.
[[nodiscard]] Decision decide(const Policy& policy, const Ruleset& rules, std::uint32_t row, const HitPlace& place,
                              HitContext context, Tick now) noexcept;

}  // namespace sluice
