#include "dataplane/verdict/verdict.hh"

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

DnsAnswer answer_of(PolicyAction action) noexcept {
  switch (action) {
    case PolicyAction::nxdomain: return DnsAnswer::nxdomain;
    case PolicyAction::nodata: return DnsAnswer::nodata;
    case PolicyAction::sinkhole: return DnsAnswer::sinkhole;
    default: return DnsAnswer::none;
  }
}

// As far as anybody has said. A row that is true by definition is somebody's own, who need not say it.
bool is_harmless(const Rule& rule) noexcept {
  return rule.breaks == Breaks::nothing || (rule.breaks == Breaks::unknown && rule.confidence == Confidence::defined);
}

bool breaks_something(const Rule& rule) noexcept {
  return rule.kind != RuleKind::signature && rule.breaks == Breaks::something;
}

}  // namespace

bool is_watched(FindingClass finding_class) noexcept {
  return finding_class == FindingClass::spyware_indicator || finding_class == FindingClass::stalkerware_indicator ||
         finding_class == FindingClass::known_c2_indicator;
}

Action enforced_action(const Policy& policy, const Rule& rule, Tick now) noexcept {
  if (rule.kind == RuleKind::signature)
    return (rule.action == SignatureAction::drop || is_reject(rule.action)) && !rule.is_expired(now) ? Action::drop
                                                                                                     : Action::pass;
  if (rule.is_expired(now) || is_watched(rule.finding_class) || !is_harmless(rule)) return Action::pass;
  const bool is_sure = rule.is_address() ? policy.block_addresses : rule.confidence != Confidence::low;
  return is_sure ? Action::drop : Action::pass;
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
  decision.held = rules.is_held(row);
  context.is_by_name = rule.is_name();
  decision.shield = shield_of(rules.never_block(), place, context);
  if (decision.shield != Shield::none || rules.permits(row, place)) {
    decision.line = nullptr;
    return decision;
  }
  if (decision.line != nullptr && breaks_something(rule) && !decision.line->although_breaks) {
    decision.shield = Shield::breaks;
    return decision;
  }
  if (decision.line != nullptr && decision.line->action == PolicyAction::limit) {
    if (!decision.held) decision.limit = decision.line->limit.id;
    return decision;
  }
  decision.action = Action::drop;
  if (decision.line == nullptr)
    decision.reject = reject_target(rule);
  else if (decision.line->action != PolicyAction::drop)
    decision.reject = RejectTarget::both;
  if (decision.line != nullptr) decision.answer = answer_of(decision.line->action);
  return decision;
}

}  // namespace sluice
