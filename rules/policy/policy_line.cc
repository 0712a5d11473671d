#include "rules/policy/policy_line.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::array<std::string_view, 7> actions{"observe", "drop",     "reject", "nxdomain",
                                                  "nodata",  "sinkhole", "limit"};

}  // namespace

std::string_view text_of(PolicyAction action) noexcept { return actions[static_cast<std::size_t>(action)]; }

bool PolicyLine::is_about(FindingClass finding_class, std::string_view recipient,
                          std::string_view rule_id) const noexcept {
  if (classes != 0 && (classes >> static_cast<unsigned>(finding_class) & 1U) == 0) return false;
  if (!recipients.empty() && std::ranges::find(recipients, recipient) == recipients.end()) return false;
  return rules.empty() || std::ranges::any_of(rules, [&](const auto& rule) { return means_rule(rule, rule_id); });
}

bool PolicyLine::holds_at(const HitPlace& place) const noexcept {
  const auto in = [](const std::vector<AddressRange>& ranges, const Address& address) {
    return std::ranges::any_of(ranges, [&](const AddressRange& range) { return range.contains(address); });
  };
  if (!devices.empty() && !in(devices, place.device)) return false;
  if (!hours.hold(place.now_ns)) return false;
  if (names.empty() && networks.empty()) return true;
  return std::ranges::any_of(names, [&](const auto& name) { return place.is_at(name); }) ||
         (place.remote && in(networks, *place.remote));
}

}  // namespace sluice
