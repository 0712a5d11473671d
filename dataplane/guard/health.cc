#include "dataplane/guard/health.hh"

#include "dataplane/exchange/death_mark.hh"

namespace sluice {
namespace {

// One look may come late, the guard being a process like others: it takes some to call a worker hung, or not well.
constexpr std::uint32_t looks_until_hung = 3;
// Who has only just come back must go on for a while before the wire is his.
constexpr std::uint32_t looks_until_well = 4;

}  // namespace

Health HealthWatch::look(const Sight& sight, Moment now) noexcept {
  const bool first = sight.instance != instance_;
  if (first || !sight.lives || sight.workers == 0) looks_well_ = 0;
  if (!sight.lives) return {};
  if (sight.workers == 0) return {Condition::idle, 0, false};

  Health health{Condition::unclear, 0, false};
  bool all_moved = true;
  bool one_rests = false;
  for (std::uint32_t i = 0; i < sight.workers; ++i) {
    const auto& seen = sight.worker[i];
    auto& known = workers_[i];
    if (first) known = Worker{};
    const bool claims = seen.claim != no_claim;
    if (known.claimed && !claims) health = {Condition::idle, i, false};  // it has ended
    known.claimed = known.claimed || claims;
    health.may_be_dying = health.may_be_dying || DeathMark::says_dead(seen.life);
    if (first || seen.heartbeat != known.heartbeat) {
      all_moved = all_moved && !first;
      known.heartbeat = seen.heartbeat;
      known.moved = now;
      known.looks_since = 0;
      continue;
    }
    all_moved = false;
    ++known.looks_since;
    one_rests = one_rests || known.looks_since >= looks_until_hung;
    // The mark alone is not enough: the control plane can write it.
    if (DeathMark::says_dead(seen.life)) return {Condition::absent, i, false};
    if (health.condition == Condition::unclear && known.looks_since >= looks_until_hung && now - known.moved > limit_)
      health = {Condition::hung, i, false};
  }
  instance_ = sight.instance;
  if (all_moved) ++looks_well_;
  if (one_rests) looks_well_ = 0;
  if (health.condition == Condition::unclear && looks_well_ >= looks_until_well) health.condition = Condition::well;
  return health;
}

}  // namespace sluice
