#include "config/notices.hh"

namespace sluice::config {
namespace {

const char* text_of(NeverBlock what) {
  switch (what) {
    case NeverBlock::calls: return "policy.may_block: what Wi-Fi calls and emergency calls need may be blocked";
    case NeverBlock::network: return "policy.may_block: DHCP, NTP and neighbour discovery may be blocked";
  }
  return "policy.may_block";
}

}  // namespace

std::vector<std::string> notices(const ConfigurationT& configuration) {
  std::vector<std::string> all;
  const auto& policy = *configuration.policy;
  if (configuration.rules->block_addresses)
    all.emplace_back("rules.block_addresses: traffic is blocked on an address alone, and addresses change hands");
  if (!configuration.rules->never_suspend.empty())
    all.emplace_back("rules.never_suspend: some rules run on whatever they cost, even packets");
  for (const auto what : policy.may_block) all.emplace_back(text_of(what));
  for (const auto& line : policy.traffic) {
    if (line.action == TrafficAction::exempt)
      all.emplace_back("policy.traffic, " + line.name + ": some traffic is exempt: forwarded unread, nothing recorded");
    if (line.action == TrafficAction::strip_ech)
      all.emplace_back("policy.traffic, " + line.name +
                       ": keys of Encrypted Client Hello are taken out of answers: names show that clients would hide");
  }
  for (const auto& line : policy.lines) {
    if (line.although_breaks)
      all.emplace_back("policy.lines, " + line.name + ": blocks or limits although something stops working");
    if (line.keep_flow)
      all.emplace_back("policy.lines, " + line.name +
                       ": connections with a finding are kept as evidence, packet by packet");
  }
  if (configuration.events->record == Record::all)
    all.emplace_back("events.record: every name and connection of every device is recorded");
  if (configuration.events->packets)
    all.emplace_back("events.packets: the content of packets leaves the tap unredacted");
  if (configuration.events->captures)
    all.emplace_back("events.captures: packets of chosen traffic may be copied, whole, by who reaches control.socket");
  if (all.size() > notices_limit) {
    const auto more = all.size() - notices_limit + 1;
    all.resize(notices_limit - 1);
    all.emplace_back("and " + std::to_string(more) + " more of this kind: `sluice config show`");
  }
  return all;
}

}  // namespace sluice::config
