#include "control/rollout/block_tally.hh"

#include <algorithm>

namespace sluice {
namespace {

bool means(const std::vector<RuleIds>& lists, std::string_view rule_id) {
  return std::ranges::any_of(lists, [&](const RuleIds& list) { return list.means(rule_id); });
}

}  // namespace

void BlockTally::watch(std::vector<RuleIds> rules) {
  const std::lock_guard lock{mutex_};
  watched_ = std::move(rules);
  std::erase_if(rules_, [&](const auto& entry) {
    if (means(watched_, entry.first)) return false;
    devices_ -= entry.second.done.devices.size() + entry.second.would.devices.size();
    return true;
  });
}

void BlockTally::note(const Block& block) {
  const std::lock_guard lock{mutex_};
  auto rule = rules_.find(block.rule_id);
  if (rule == rules_.end()) {
    if (watched_.empty() || !means(watched_, block.rule_id)) return;
    if (rules_.size() == rule_limit) {
      ++cut_;
      return;
    }
    rule = rules_.emplace(block.rule_id, Rule{}).first;
  }
  add(rule->second.would, block);
  if (block.done) add(rule->second.done, block);
}

void BlockTally::add(Count& count, const Block& block) {
  ++count.counts.blocks;
  if (std::ranges::find(count.recent, block.flow) == count.recent.end() || count.counts.flows == 0) {
    ++count.counts.flows;
    count.recent[count.next++ % recent_flows] = block.flow;
  }
  if (count.devices.contains(block.device)) return;
  ++count.counts.devices;
  if (devices_ == device_limit) {
    ++cut_;
    return;
  }
  count.devices.insert(block.device);
  ++devices_;
}

void BlockTally::forget(const std::string& rule_id) {
  const std::lock_guard lock{mutex_};
  const auto rule = rules_.find(rule_id);
  if (rule == rules_.end()) return;
  devices_ -= rule->second.done.devices.size() + rule->second.would.devices.size();
  rules_.erase(rule);
}

std::vector<BlockTally::Row> BlockTally::rows() const {
  const std::lock_guard lock{mutex_};
  std::vector<Row> rows;
  rows.reserve(rules_.size());
  for (const auto& [id, rule] : rules_) rows.push_back({id, rule.done.counts, rule.would.counts});
  return rows;
}

BlockCounts BlockTally::sum(const RuleIds& rules) const {
  const std::lock_guard lock{mutex_};
  BlockCounts sum;
  std::set<Address> devices;
  std::uint64_t unlisted = 0;  // devices that found no room
  for (const auto& [id, rule] : rules_) {
    if (!rules.means(id)) continue;
    sum.blocks += rule.would.counts.blocks;
    sum.flows += rule.would.counts.flows;
    devices.insert(rule.would.devices.begin(), rule.would.devices.end());
    unlisted += rule.would.counts.devices - rule.would.devices.size();
  }
  sum.devices = devices.size() + unlisted;
  return sum;
}

std::uint64_t BlockTally::cut() const {
  const std::lock_guard lock{mutex_};
  return cut_;
}

}  // namespace sluice
