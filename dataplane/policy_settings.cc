#include "dataplane/policy_settings.hh"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

PolicyAction action_of(config::PolicyAction action) {
  switch (action) {
    case config::PolicyAction::drop: return PolicyAction::drop;
    case config::PolicyAction::reject: return PolicyAction::reject;
    case config::PolicyAction::nxdomain: return PolicyAction::nxdomain;
    case config::PolicyAction::nodata: return PolicyAction::nodata;
    case config::PolicyAction::sinkhole: return PolicyAction::sinkhole;
    default: return PolicyAction::observe;
  }
}

void add_ranges(std::vector<AddressRange>& ranges, const std::vector<std::string>& texts) {
  for (const auto& text : texts)
    if (const auto range = AddressRange::parse(text)) ranges.push_back(*range);
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

void add_destinations(const std::vector<std::string>& texts, std::vector<std::string>& names,
                      std::vector<AddressRange>& networks) {
  add_ranges(networks, texts);
  for (const auto& text : texts)
    if (!AddressRange::parse(text)) names.push_back(lower_case(text));
}

}  // namespace

Policy policy_of(const config::ConfigurationT& configuration) {
  return {configuration.mode == config::Mode::enforce ? Mode::enforce : Mode::monitor,
          configuration.rules->block_addresses};
}

SitePolicy site_policy(const config::PolicyT& policy) {
  SitePolicy out;
  add_destinations(policy.never_block, out.never_block.names, out.never_block.networks);
  const auto may_block = [&](config::NeverBlock what) {
    return std::ranges::find(policy.may_block, what) != policy.may_block.end();
  };
  out.never_block.calls = !may_block(config::NeverBlock::calls);
  out.never_block.network = !may_block(config::NeverBlock::network);
  for (const auto& text : policy.sinkhole)
    if (const auto address = Address::parse(text)) (address->is_v4() ? out.sinkhole.v4 : out.sinkhole.v6) = *address;
  for (const auto& written : policy.lines) {
    PolicyLine line;
    line.name = written.name;
    add_ranges(line.devices, written.devices);
    for (const auto& group : policy.groups)
      if (std::ranges::find(written.devices, group.name) != written.devices.end())
        add_ranges(line.devices, group.devices);
    for (const auto& text : written.classes)
      if (const auto known = class_from(text)) line.classes |= 1U << static_cast<unsigned>(*known);
    line.recipients = written.recipients;
    line.rules = written.rules;
    add_destinations(written.destinations, line.names, line.networks);
    line.action = action_of(written.action);
    line.although_breaks = written.although_breaks;
    out.lines.push_back(std::move(line));
  }
  return out;
}

}  // namespace sluice
