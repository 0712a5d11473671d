#include "dataplane/guard/custody.hh"

namespace sluice {
namespace {

bool must_be_held(Condition condition) noexcept {
  return condition == Condition::absent || condition == Condition::idle || condition == Condition::hung;
}

bool all_claim(const Sight& sight, std::uint64_t epoch) noexcept {
  for (std::uint32_t i = 0; i < sight.workers; ++i)
    if (sight.worker[i].claim != epoch) return false;
  return sight.workers != 0;
}

}  // namespace

Custody::Step Custody::next(const Health& health, const Sight& sight, std::uint64_t epoch) noexcept {
  const bool another = sight.instance != instance_;
  const bool ended = lived_ && !sight.lives;
  instance_ = sight.instance;
  lived_ = sight.lives;
  switch (state_) {
    case State::standing_by:
      if (!must_be_held(health.condition)) return Step::none;
      state_ = State::holding;
      return Step::take;
    case State::holding:
      if (another) return Step::hold;
      if (ended) return Step::bury;
      if (health.condition != Condition::well) return Step::none;
      state_ = State::offered;
      return Step::offer;
    case State::offered:
      if (must_be_held(health.condition)) {
        state_ = State::holding;
        return Step::take;
      }
      if (!all_claim(sight, epoch)) return Step::none;
      state_ = State::standing_by;
      return Step::give_back;
  }
  return Step::none;
}

}  // namespace sluice
