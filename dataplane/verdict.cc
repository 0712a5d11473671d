#include "dataplane/verdict.hh"

namespace sluice {

Action enforced_action(const Policy& policy, const Rule& rule, Tick now) noexcept {
  if (rule.kind == RuleKind::signature)
    return (rule.action == SignatureAction::drop || is_reject(rule.action)) && !rule.is_expired(now) ? Action::drop
                                                                                                     : Action::pass;
  if (rule.is_address()) return policy.block_addresses && !rule.is_expired(now) ? Action::drop : Action::pass;
  return rule.confidence == Confidence::low || rule.is_expired(now) ? Action::pass : Action::drop;
}

}  // namespace sluice
