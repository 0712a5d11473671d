#include "control/store/finding_growth.hh"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control/text/safe_text.hh"
#include "control/text/timestamp.hh"
#include "dataplane/base/tick.hh"

namespace sluice {

void FindingGrowth::add(FindingGrowth&& other) {
  if (other.rule != nullptr) rule = std::move(other.rule);
  if (finding_id.empty()) finding_id = std::move(other.finding_id);
  is_inside = is_inside || other.is_inside;
  if (vlan != other.vlan) vlan.reset();
  if (remote != other.remote) remote.reset();
  stage = std::max(stage, other.stage);
  confidence = other.confidence;
  lowered = other.lowered;
  count += other.count;
  blocked += other.blocked;
  would_block += other.would_block;
  evidence += other.evidence;
  first_ns = std::min(first_ns, other.first_ns);
  last_ns = std::max(last_ns, other.last_ns);
  ruleset = std::move(other.ruleset);
}

FindingTally::Key FindingTally::key_of(const FindingGrowth& grown) {
  return {grown.device_id, grown.rule_id, grown.destination, grown.day};
}

bool FindingTally::note(const Finding& finding, const Context& context) {
  FindingGrowth fresh;
  fresh.device_id = context.device_id;
  fresh.device = finding.device.text();
  // Ids of rules have a '/' in them, so that none is "row 7".
  fresh.rule_id =
      finding.rule != nullptr ? stored_text(finding.rule->rule_id) : fmt::format("row {}", finding.rule_row);
  fresh.destination = stored_text(std::string_view{finding.destination()}.substr(0, destination_limit));
  fresh.day = day_text(finding.time);
  const auto key = key_of(fresh);
  auto found = grown_.find(key);
  if (found == grown_.end() && grown_.size() >= limit) return false;
  fresh.rule = finding.rule;
  fresh.is_inside = finding.device_is_inside;
  fresh.vlan = finding.vlan;
  if (const auto remote = place_of(finding).remote) fresh.remote = remote->text();
  fresh.stage = finding.stage;
  fresh.confidence = finding.confidence;
  fresh.lowered = finding.lowered;
  const bool is_blocked = finding.action == Action::drop;
  fresh.count = finding.is_repeated ? 0 : 1;
  fresh.blocked = is_blocked ? 1 : 0;
  fresh.would_block = !is_blocked && finding.would == Action::drop ? 1 : 0;
  fresh.evidence = context.has_evidence ? 1 : 0;
  fresh.first_ns = fresh.last_ns = nanoseconds_since_epoch(finding.time);
  fresh.ruleset = context.ruleset;
  if (found != grown_.end()) {
    found->second.add(std::move(fresh));
    return true;
  }
  fresh.finding_id = finding_id(finding, context.tap_id);
  grown_.emplace(key, std::move(fresh));
  return true;
}

std::uint64_t FindingTally::put_back(std::vector<FindingGrowth>&& grown) {
  std::uint64_t left_out = 0;
  for (auto& before : grown) {
    auto key = key_of(before);
    const auto found = grown_.find(key);
    if (found != grown_.end()) {
      std::swap(found->second, before);
      found->second.add(std::move(before));
    } else if (grown_.size() < limit) {
      grown_.emplace(std::move(key), std::move(before));
    } else {
      left_out += before.count;
    }
  }
  return left_out;
}

std::vector<FindingGrowth> FindingTally::take() {
  std::vector<FindingGrowth> all;
  all.reserve(grown_.size());
  for (auto& entry : grown_) all.push_back(std::move(entry.second));
  grown_.clear();
  return all;
}

}  // namespace sluice
