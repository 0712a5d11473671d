#include "rules/rule_exception.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::array<std::string_view, 2> actions{"permit", "suppress"};

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// `parent` is in lower case; the name may end in a dot.
bool is_or_is_below(std::string_view name, std::string_view parent) noexcept {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() < parent.size()) return false;
  const auto above = name.size() - parent.size();
  if (above > 0 && name[above - 1] != '.') return false;
  return std::equal(parent.begin(), parent.end(), name.begin() + static_cast<std::ptrdiff_t>(above),
                    [](char wanted, char c) { return wanted == lower(c); });
}

}  // namespace

std::string_view text_of(ExceptionAction action) noexcept { return actions[static_cast<std::size_t>(action)]; }

bool RuleException::names_rule(std::string_view rule_id) const noexcept {
  if (rule.empty()) return true;
  if (!rule.ends_with("/*")) return rule == rule_id;
  return rule_id.starts_with(std::string_view{rule}.substr(0, rule.size() - 1));
}

bool RuleException::covers(const ExceptionPlace& place) const noexcept {
  if (is_expired(place.now_ns)) return false;
  if (device && !device->contains(place.device)) return false;
  if (vlan && *vlan != place.vlan) return false;
  if (!destination.empty() && !is_or_is_below(place.destination, destination)) return false;
  return !destination_range || (place.remote && destination_range->contains(*place.remote));
}

const RuleException* find_exception(const ExceptionList& list, ExceptionAction action, std::string_view rule_id,
                                    const ExceptionPlace& place) noexcept {
  for (const auto& one : list)
    if (one.action == action && one.names_rule(rule_id) && one.covers(place)) return &one;
  return nullptr;
}

}  // namespace sluice
