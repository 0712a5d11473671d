#include "dataplane/verdict.hh"

namespace sluice {
namespace {

// Who is told where that rule drops.
RejectTarget reject_target(const Rule& rule) noexcept {
  if (rule.kind != RuleKind::signature) return RejectTarget::none;
  switch (rule.action) {
    case SignatureAction::reject: return RejectTarget::source;
    case SignatureAction::reject_destination: return RejectTarget::destination;
    case SignatureAction::reject_both: return RejectTarget::both;
    default: return RejectTarget::none;
  }
}

}  // namespace

Action enforced_action(const Policy& policy, const Rule& rule, Tick now) noexcept {
  if (rule.kind == RuleKind::signature)
    return (rule.action == SignatureAction::drop || is_reject(rule.action)) && !rule.is_expired(now) ? Action::drop
                                                                                                     : Action::pass;
  if (rule.is_address()) return policy.block_addresses && !rule.is_expired(now) ? Action::drop : Action::pass;
  return rule.confidence == Confidence::low || rule.is_expired(now) ? Action::pass : Action::drop;
}

Decision decide(const Policy& policy, const Ruleset& rules, std::uint32_t row, const HitPlace& place,
                HitContext context, Tick now) noexcept {
  const auto& rule = rules.rule(row);
  Decision decision;
  decision.line = rules.policy_line(row, place);
  if (decision.line == nullptr)
    decision.asked = enforced_action(policy, rule, now);
  else if (decision.line->action != PolicyAction::observe && !rule.is_expired(now))
    decision.asked = Action::drop;
  if (decision.asked == Action::pass) return decision;
  context.is_by_name = rule.is_name();
  decision.shield = shield_of(rules.never_block(), place, context);
  if (decision.shield != Shield::none || rules.permits(row, place)) {
    decision.line = nullptr;
    return decision;
  }
  decision.action = Action::drop;
  if (decision.line == nullptr)
    decision.reject = reject_target(rule);
  else if (decision.line->action == PolicyAction::reject)
    decision.reject = RejectTarget::both;
  return decision;
}

}  // namespace sluice
