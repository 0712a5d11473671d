#include "rules/facts/hit_place.hh"

#include <algorithm>

namespace sluice {
namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool is_or_is_below(std::string_view name, std::string_view parent) noexcept {
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.size() < parent.size()) return false;
  const auto above = name.size() - parent.size();
  if (above > 0 && name[above - 1] != '.') return false;
  return std::equal(parent.begin(), parent.end(), name.begin() + static_cast<std::ptrdiff_t>(above),
                    [](char wanted, char c) { return wanted == lower(c); });
}

bool means_rule(std::string_view rules, std::string_view rule_id) noexcept {
  if (!rules.ends_with("/*")) return rules == rule_id;
  return rule_id.starts_with(rules.substr(0, rules.size() - 1));
}

bool HitPlace::is_at(std::string_view name) const noexcept {
  return is_or_is_below(destination, name) || is_or_is_below(alias, name);
}

}  // namespace sluice
