#include "dataplane/generations/policy_settings.hh"

#include <algorithm>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "config/hours.hh"
#include "config/time_zone.hh"

namespace sluice {
namespace {

PolicyAction action_of(config::PolicyAction action) {
  switch (action) {
    case config::PolicyAction::drop: return PolicyAction::drop;
    case config::PolicyAction::reject: return PolicyAction::reject;
    case config::PolicyAction::nxdomain: return PolicyAction::nxdomain;
    case config::PolicyAction::nodata: return PolicyAction::nodata;
    case config::PolicyAction::sinkhole: return PolicyAction::sinkhole;
    case config::PolicyAction::limit: return PolicyAction::limit;
    default: return PolicyAction::observe;
  }
}

TrafficAction action_of(config::TrafficAction action) {
  switch (action) {
    case config::TrafficAction::quarantine: return TrafficAction::quarantine;
    case config::TrafficAction::limit: return TrafficAction::limit;
    case config::TrafficAction::strip_ech: return TrafficAction::strip_ech;
    case config::TrafficAction::exempt: break;
  }
  return TrafficAction::exempt;
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

// `written`: addresses, networks and names of groups.
std::vector<AddressRange> devices_of(const std::vector<std::string>& written, const config::PolicyT& policy) {
  std::vector<AddressRange> devices;
  add_ranges(devices, written);
  for (const auto& group : policy.groups)
    if (std::ranges::find(written, group.name) != written.end()) add_ranges(devices, group.devices);
  return devices;
}

std::shared_ptr<const LocalHours::Zone> zone_of(const std::string& name) {
  LocalHours::Zone zone;
  for (const auto& shift : config::time_zone(name)) zone.push_back({shift.from_s, shift.ahead_s});
  if (zone.empty()) zone.push_back({});  // gone since the configuration was checked: UTC
  return std::make_shared<const LocalHours::Zone>(std::move(zone));
}

LocalHours hours_of(const std::vector<std::string>& written, const std::shared_ptr<const LocalHours::Zone>& zone) {
  std::vector<LocalHours::Span> spans;
  for (const auto& text : written)
    if (const auto parsed = config::parse_hours(text))
      for (const auto& span : *parsed) spans.push_back({span.begin, span.end});
  return spans.empty() ? LocalHours{} : LocalHours{std::move(spans), zone};
}

LapseFates fates_of(const config::UninspectedT& written) {
  LapseFates fates;
  const auto set = [&fates](Lapse lapse, config::UninspectedFate fate) {
    fates.set(lapse, fate == config::UninspectedFate::drop);
  };
  set(Lapse::flow_table_full, written.flow_table_full);
  set(Lapse::buffer_full, written.buffer_full);
  set(Lapse::payload_windows_full, written.payload_windows_full);
  set(Lapse::fragment_table_full, written.fragment_table_full);
  set(Lapse::fragment, written.fragment);
  set(Lapse::fragment_overlap, written.fragment_overlap);
  set(Lapse::malformed, written.malformed);
  set(Lapse::checksum, written.checksum);
  set(Lapse::tunnel_depth, written.tunnel_depth);
  set(Lapse::midstream, written.midstream);
  set(Lapse::stream_gap, written.stream_gap);
  set(Lapse::handshake_size, written.handshake_size);
  set(Lapse::parse_error, written.parse_error);
  set(Lapse::http2_limit, written.http2_limit);
  set(Lapse::tcp_refused, written.tcp_refused);
  return fates;
}

// Limits by the names of their lines, so that a flow's limit is the same after a change of the rules.
class Limits {
 public:
  RateLimit of(std::string_view list, const std::string& name, std::uint32_t kbit_per_s) {
    std::uint32_t id = 0x811c9dc5;  // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/)
    const auto add = [&id](std::string_view text) {
      for (const auto c : text) id = (id ^ static_cast<std::uint8_t>(c)) * 0x01000193;
    };
    add(list);
    add(name);
    while (id == 0 || !taken_.insert(id).second) ++id;
    return {id, kbit_per_s};
  }

 private:
  std::set<std::uint32_t> taken_;
};

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
  const auto zone = zone_of(policy.time_zone);
  Limits limits;
  for (const auto& written : policy.traffic) {
    TrafficLine line{written.name,
                     devices_of(written.devices, policy),
                     written.vlans,
                     {},
                     hours_of(written.hours, zone),
                     action_of(written.action),
                     {}};
    add_ranges(line.prefixes, written.prefixes);
    if (line.action == TrafficAction::limit) line.limit = limits.of("traffic/", line.name, written.limit_kbit_per_s);
    out.traffic.push_back(std::move(line));
  }
  out.lapses = fates_of(*policy.uninspected);
  add_destinations(policy.portal, out.portal.names, out.portal.networks);
  for (const auto& written : policy.lines) {
    PolicyLine line;
    line.name = written.name;
    line.devices = devices_of(written.devices, policy);
    for (const auto& text : written.classes)
      if (const auto known = class_from(text)) line.classes |= 1U << static_cast<unsigned>(*known);
    line.recipients = written.recipients;
    line.rules = written.rules;
    add_destinations(written.destinations, line.names, line.networks);
    line.hours = hours_of(written.hours, zone);
    line.action = action_of(written.action);
    line.although_breaks = written.although_breaks;
    line.keep_flow = written.keep_flow;
    if (line.action == PolicyAction::limit) line.limit = limits.of("lines/", line.name, written.limit_kbit_per_s);
    out.lines.push_back(std::move(line));
  }
  return out;
}

}  // namespace sluice
