#include "dataplane/verdict.hh"

namespace sluice {

Action enforced_action(const Policy& policy, const Rule& rule, Tick now) noexcept {
  if (rule.kind == RuleKind::signature)
    return (rule.action == SignatureAction::drop || is_reject(rule.action)) && !rule.is_expired(now) ? Action::drop
                                                                                                     : Action::pass;
  if (rule.is_address()) return policy.block_addresses && !rule.is_expired(now) ? Action::drop : Action::pass;
  return rule.confidence == Confidence::low || rule.is_expired(now) ? Action::pass : Action::drop;
}

RejectTarget reject_target(const Rule& rule) noexcept {
  if (rule.kind != RuleKind::signature) return RejectTarget::none;
  switch (rule.action) {
    case SignatureAction::reject: return RejectTarget::source;
    case SignatureAction::reject_destination: return RejectTarget::destination;
    case SignatureAction::reject_both: return RejectTarget::both;
    default: return RejectTarget::none;
  }
}

}  // namespace sluice
