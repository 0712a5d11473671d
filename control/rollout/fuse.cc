#include "control/rollout/fuse.hh"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice {

void Fuse::arm(RuleIds rules, Clock::time_point until) {
  if (rules.empty()) return;
  // What an operator has excused was another rule, if it is new again.
  std::erase_if(excused_, [&](const std::string& rule) { return rules.means(rule); });
  if (armed_.size() == push_limit) armed_.erase(armed_.begin());
  armed_.push_back({std::move(rules), until});
}

std::vector<RuleIds> Fuse::armed(Clock::time_point now) {
  std::erase_if(armed_, [&](const Armed& armed) { return armed.until <= now; });
  std::vector<RuleIds> rules;
  for (const auto& armed : armed_) rules.push_back(armed.rules);
  return rules;
}

std::vector<Fuse::Trip> Fuse::look(const std::vector<BlockTally::Row>& rows, Clock::time_point now) {
  const auto is_new = [&](const std::string& rule) {
    return std::ranges::any_of(armed_,
                               [&](const Armed& armed) { return armed.until > now && armed.rules.means(rule); });
  };
  std::vector<Trip> trips;
  for (const auto& row : rows) {
    std::string reason;
    if (options_.flows != 0 && row.done.flows > options_.flows)
      reason = fmt::format("it blocked {} flows, and may block {} (fuse.flows)", row.done.flows, options_.flows);
    else if (options_.devices != 0 && row.done.devices > options_.devices)
      reason =
          fmt::format("it blocked {} devices, and may block {} (fuse.devices)", row.done.devices, options_.devices);
    if (reason.empty() || excused_.contains(row.rule_id) || !is_new(row.rule_id)) continue;
    trips.push_back({row.rule_id, row.done, std::move(reason)});
  }
  return trips;
}

}  // namespace sluice
