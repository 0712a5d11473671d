#include "dataplane/sets/traffic_set.hh"

#include <algorithm>

namespace sluice {
namespace {

AddressRange every_address() {
  AddressRange all;
  all.last.bytes.fill(0xff);
  return all;
}

bool is_exemption(const TrafficLine& line) noexcept { return line.action == TrafficAction::exempt; }

}  // namespace

void TrafficSet::build(const SitePolicy& policy) {
  lines_ = policy.traffic;
  portal_ = policy.portal;
  never_block_ = policy.never_block;
  for (std::uint32_t i = 0; i < lines_.size(); ++i) {
    for (const auto& range : lines_[i].devices) devices_.add(range, i);
    if (lines_[i].devices.empty()) devices_.add(every_address(), i);
  }
  devices_.index();
}

const TrafficLine* TrafficSet::find(const Address& device, std::uint16_t vlan, std::int64_t now_ns) const noexcept {
  for (const auto number : devices_.find(device)) {
    const auto& line = lines_[number];
    if (!line.vlans.empty() && std::ranges::find(line.vlans, vlan) == line.vlans.end()) continue;
    if (line.hours.hold(now_ns)) return &line;
  }
  return nullptr;
}

std::int64_t TrafficSet::next_change(std::int64_t now_ns) const noexcept {
  auto next = LocalHours::never;
  for (const auto& line : lines_) next = std::min(next, line.hours.next_change(now_ns));
  return next;
}

Treatment TrafficSet::treat(const TrafficPlace& place) const noexcept {
  Treatment treatment;
  treatment.line = find(place.device, place.vlan, place.now_ns);
  if (place.remote)
    if (const auto* const line = find(*place.remote, place.vlan, place.now_ns); line != nullptr && is_exemption(*line))
      treatment.line = line;
  if (treatment.line == nullptr) return treatment;
  if (is_exemption(*treatment.line)) {
    treatment.fate = Fate::exempt;
    return treatment;
  }
  treatment.shield = shield_of(never_block_, {place.device, place.vlan, {}, place.remote}, {place.asked, false, false});
  if (treatment.shield != Shield::none) return treatment;
  switch (treatment.line->action) {
    case TrafficAction::exempt: break;
    case TrafficAction::quarantine:
      if (!place.is_look_up && !portal_.holds(place.remote, place.asked)) treatment.fate = Fate::quarantined;
      break;
    case TrafficAction::limit: treatment.limit = treatment.line->limit; break;
    case TrafficAction::strip_ech: treatment.strips_ech = place.is_look_up; break;
  }
  return treatment;
}

}  // namespace sluice
