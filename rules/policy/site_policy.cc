#include "rules/policy/site_policy.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::array<std::string_view, 5> shields{"none", "calls", "network", "site", "breaks"};
constexpr std::string_view operators_zone = "pub.3gppnetwork.org";

}  // namespace

std::string_view text_of(Shield shield) noexcept {
  const auto index = static_cast<std::size_t>(shield);
  return index < shields.size() ? shields[index] : "unknown";
}

Shield shield_of(const NeverBlock& never_block, const HitPlace& place, const HitContext& context) noexcept {
  const auto leads_to = [&](std::string_view zone) {
    return is_or_is_below(context.looked_up, zone) || (context.is_by_name && place.is_at(zone));
  };
  if (never_block.calls && leads_to(operators_zone)) return Shield::calls;
  if (never_block.network && context.is_network_service) return Shield::network;
  const auto holds = [&](const AddressRange& range) {
    return range.contains(place.device) || (place.remote && range.contains(*place.remote));
  };
  if (std::ranges::any_of(never_block.names, leads_to) || std::ranges::any_of(never_block.networks, holds))
    return Shield::site;
  return Shield::none;
}

bool Portal::holds(const std::optional<Address>& remote, std::string_view asked) const noexcept {
  const auto is_remote = [&](const AddressRange& range) { return remote && range.contains(*remote); };
  return std::ranges::any_of(networks, is_remote) ||
         (!asked.empty() && std::ranges::any_of(names, [&](const auto& name) { return is_or_is_below(asked, name); }));
}

}  // namespace sluice
