#include "rules/policy/rule_exception.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::array<std::string_view, 2> actions{"permit", "suppress"};

}  // namespace

std::string_view text_of(ExceptionAction action) noexcept { return actions[static_cast<std::size_t>(action)]; }

bool RuleException::names_rule(std::string_view rule_id) const noexcept {
  return rule.empty() || means_rule(rule, rule_id);
}

bool RuleException::covers(const HitPlace& place) const noexcept {
  if (is_expired(place.now_ns)) return false;
  if (device && !device->contains(place.device)) return false;
  if (vlan && *vlan != place.vlan) return false;
  if (!destination.empty() && !place.is_at(destination)) return false;
  return !destination_range || (place.remote && destination_range->contains(*place.remote));
}

const RuleException* find_exception(const ExceptionList& list, ExceptionAction action, std::string_view rule_id,
                                    const HitPlace& place) noexcept {
  for (const auto& one : list)
    if (one.action == action && one.names_rule(rule_id) && one.covers(place)) return &one;
  return nullptr;
}

}  // namespace sluice
