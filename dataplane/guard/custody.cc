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

Custody::Step Custody::next(const Health& health, const Sight& sight, std::uint64_t epoch, BypassOrder order) noexcept {
  const bool another = sight.instance != instance_;
  const bool ended = lived_ && !sight.lives;
  instance_ = sight.instance;
  lived_ = sight.lives;
  if (order == BypassOrder::off && state_ != State::shut) {
    state_ = State::shut;
    return Step::shut;
  }
  const bool must_hold = order == BypassOrder::on || must_be_held(health.condition);
  switch (state_) {
    case State::standing_by:
      if (!must_hold) return Step::none;
      state_ = State::holding;
      return Step::take;
    case State::holding:
      if (another) return Step::hold;
      if (ended) return Step::bury;
      if (must_hold || health.condition != Condition::well) return Step::none;
      state_ = State::offered;
      return Step::offer;
    case State::offered:
      if (must_hold) {
        state_ = State::holding;
        return Step::take;
      }
      if (!all_claim(sight, epoch)) return Step::none;
      state_ = State::standing_by;
      return Step::give_back;
    case State::shut:
      if (order == BypassOrder::off) return Step::none;
      state_ = State::standing_by;
      return Step::stand_by;
  }
  return Step::none;
}

}  // namespace sluice
