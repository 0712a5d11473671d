#include "dataplane/match/rule_budget.hh"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::uint64_t per_mille = 1000;

bool blocks(SignatureAction action) noexcept { return action == SignatureAction::drop || is_reject(action); }

bool is_over(std::uint64_t cycles, std::uint64_t elapsed, std::uint32_t percent) noexcept {
  return static_cast<double>(cycles) * 100 > static_cast<double>(elapsed) * percent;
}

}  // namespace

bool RuleBudget::is_exempt(const std::string& rule_id) const noexcept {
  return std::any_of(options_.exempt.begin(), options_.exempt.end(), [&](const std::string& named) {
    return named.ends_with("/*") ? rule_id.starts_with(std::string_view{named}.substr(0, named.size() - 1))
                                 : rule_id == named;
  });
}

// A generation begins: nothing of it is suspended, whatever the one before did.
void RuleBudget::begin(const Generation& live, Clock::time_point now, std::uint64_t cycles) {
  generation_ = live.number();
  next_look_ = now + rule_look_interval;
  next_minute_ = now + rule_limits_interval;
  began_ = looked_ = cycles;
  workers_.assign(live.scratch.size(), {});
  verdicts_.assign(live.labels.size(), {});
  state_ = {};
}

std::vector<RuleBudget::Suspended> RuleBudget::look(const Generation& live, Clock::time_point now, std::uint64_t cycles,
                                                    Tick wall_time) {
  if (generation_ != live.number()) begin(live, now, cycles);
  if (now < next_look_) return {};
  next_look_ = now + rule_look_interval;
  wall_time_ = wall_time;
  const auto elapsed = std::max<std::uint64_t>(cycles - std::exchange(looked_, cycles), 1);
  const bool minute_ends = now >= next_minute_;
  if (minute_ends) next_minute_ = now + rule_limits_interval;
  for (std::uint32_t worker = 0; worker < workers_.size(); ++worker) {
    if (options_.percent != 0) look_at_cycles(live, worker, elapsed);
    if (options_.limit_hits != 0) look_at_limits(live, worker, minute_ends);
  }
  if (!fresh_.empty()) refresh_state(live);
  return std::exchange(fresh_, {});
}

// The worker's sum comes first: only where it is over the budget of one rule, each rule is looked at.
void RuleBudget::look_at_cycles(const Generation& live, std::uint32_t worker, std::uint64_t elapsed) {
  auto& watched = workers_[worker];
  const auto& costs = live.scratch[worker]->costs();
  const auto sampled = costs.sampled_cycles();
  const auto fresh = sampled - std::exchange(watched.sampled_cycles, sampled);
  const bool may_be_over = is_over(fresh * cost_sample_interval, elapsed, options_.percent);
  const bool is_first = watched.before.empty();
  if (is_first && !may_be_over) return;
  watched.before.resize(costs.size());
  bool any_over = may_be_over;
  for (std::size_t row = 0; row < costs.size(); ++row) {
    const auto& cost = costs[row];
    auto& before = watched.before[row];
    const Before now{cost.checked.value(), cost.sampled.value(), cost.cycles.value(), 0};
    const auto last = std::exchange(before, now);
    if (is_first || now.checked == last.checked) continue;
    const auto in_look = now.sampled - last.sampled;
    const auto spent = in_look != 0 ? estimated_cycles(now.checked - last.checked, in_look, now.cycles - last.cycles)
                                    : estimated_cycles(now.checked - last.checked, now.sampled, now.cycles);
    if (!is_over(spent, elapsed, options_.percent)) continue;
    any_over = true;
    before.looks_over = static_cast<std::uint8_t>(last.looks_over + 1);
    if (before.looks_over < rule_looks_over_budget) continue;
    before.looks_over = 0;
    // An estimate: it may say more than there was.
    const auto share = static_cast<double>(std::min(spent, elapsed)) * per_mille / static_cast<double>(elapsed);
    suspend(live, row, {{}, Suspension::cycles, worker, static_cast<std::uint64_t>(share)});
  }
  if (!any_over) watched.before.clear();
}

void RuleBudget::look_at_limits(const Generation& live, std::uint32_t worker, bool minute_ends) {
  auto& watched = workers_[worker];
  const auto& costs = live.scratch[worker]->costs();
  const auto limits = costs.limits();
  if (limits == watched.limits) return;
  if (limits - watched.limits > options_.limit_hits)
    for (std::size_t row = 0; row < costs.size(); ++row) {
      const auto hits = costs[row].limits.value() - (watched.limits_of.empty() ? 0 : watched.limits_of[row]);
      if (hits > options_.limit_hits) suspend(live, row, {{}, Suspension::limits, worker, hits});
    }
  if (!minute_ends) return;
  watched.limits = limits;
  watched.limits_of.resize(costs.size());
  for (std::size_t row = 0; row < costs.size(); ++row) watched.limits_of[row] = costs[row].limits.value();
}

void RuleBudget::set(const Generation& live, std::size_t row, bool suspended) const {
  for (const auto& scratch : live.scratch) scratch->costs()[row].suspended.store(suspended, std::memory_order_relaxed);
}

void RuleBudget::suspend(const Generation& live, std::size_t row, Suspended what) {
  what.label = live.labels[row];
  if (verdicts_[row].suspension != Suspension::none || is_exempt(what.label.rule_id)) return;
  verdicts_[row] = {what.cause, nanoseconds_since_epoch(wall_time_)};
  set(live, row, true);
  ++suspensions_[static_cast<std::size_t>(what.cause)];
  fresh_.push_back(std::move(what));
}

std::string RuleBudget::first_unknown(const Generation& live, const std::vector<std::string>& rules) {
  const auto is_unknown = [&](const std::string& rule) {
    return std::none_of(live.labels.begin(), live.labels.end(),
                        [&](const RuleLabel& label) { return label.rule_id == rule; });
  };
  const auto found = std::find_if(rules.begin(), rules.end(), is_unknown);
  return found == rules.end() ? std::string{} : *found;
}

std::uint32_t RuleBudget::resume(const Generation& live, const std::vector<std::string>& rules) {
  if (generation_ != live.number()) return 0;
  const auto is_named = [&](const std::string& rule_id) {
    return rules.empty() || std::find(rules.begin(), rules.end(), rule_id) != rules.end();
  };
  std::uint32_t resumed = 0;
  for (std::size_t row = 0; row < verdicts_.size(); ++row) {
    if (verdicts_[row].suspension == Suspension::none || !is_named(live.labels[row].rule_id)) continue;
    verdicts_[row] = {};
    // What it did before does not count against it again.
    for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
      auto& known = workers_[worker].limits_of;
      known.resize(verdicts_.size());
      known[row] = live.scratch[worker]->costs()[row].limits.value();
    }
    set(live, row, false);
    ++resumed;
  }
  refresh_state(live);
  return resumed;
}

RuleReport RuleBudget::report(const Generation& live, std::uint64_t cycles) const {
  auto report = rule_report(live);
  const bool is_known = generation_ == live.number();
  if (is_known) report.elapsed = cycles - began_;
  for (auto& rule : report.rules) {
    rule.exempt = is_exempt(rule.label.rule_id);
    if (!is_known) continue;
    rule.suspension = verdicts_[rule.row].suspension;
    rule.suspended_ns = verdicts_[rule.row].since_ns;
  }
  return report;
}

void RuleBudget::refresh_state(const Generation& live) {
  state_ = {};
  for (std::size_t row = 0; row < verdicts_.size(); ++row) {
    if (verdicts_[row].suspension == Suspension::none) continue;
    const auto& label = live.labels[row];
    const bool does_block = blocks(label.action);
    if (state_.first.empty() || (does_block && state_.blocking == 0)) state_.first = label.rule_id;
    if (does_block) ++state_.blocking;
    ++state_.rules;
  }
}

}  // namespace sluice
