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

// As far as VLAN and hour tell.
bool holds_there(const TrafficLine& line, const TrafficPlace& place) noexcept {
  if (!line.vlans.empty() && std::ranges::find(line.vlans, place.vlan) == line.vlans.end()) return false;
  return line.hours.hold(place.now_ns);
}

}  // namespace

void TrafficSet::build(const SitePolicy& policy) {
  lines_ = policy.traffic;
  portal_ = policy.portal;
  never_block_ = policy.never_block;
  for (std::uint32_t i = 0; i < lines_.size(); ++i) {
    for (const auto& range : lines_[i].devices) devices_.add(range, i);
    if (lines_[i].devices.empty()) devices_.add(every_address(), i);
    for (const auto& range : lines_[i].prefixes) prefixes_.add(range, i);
  }
  devices_.index();
  prefixes_.index();
}

// The first line that holds. Turned, the ends stand in each other's place: a line that says no device is about networks
// outside, and where the sides are known it does not hold for an end inside that lies in one.
const TrafficLine* TrafficSet::first(const TrafficPlace& place, bool is_turned) const noexcept {
  const auto reached = place.remote ? prefixes_.find(*place.remote) : std::span<const std::uint32_t>{};
  for (const auto number : devices_.find(place.device)) {
    const auto& line = lines_[number];
    if (!line.prefixes.empty()) {
      if (!std::ranges::binary_search(reached, number)) continue;
      if (is_turned && place.knows_sides && line.devices.empty()) continue;
    }
    if (holds_there(line, place)) return &line;
  }
  return nullptr;
}

const TrafficLine* TrafficSet::find(const TrafficPlace& place) const noexcept {
  const auto* const line = first(place, false);
  if (!place.remote) return line;
  auto turned = place;
  turned.device = *place.remote;
  turned.remote = place.device;
  const auto* const other = first(turned, true);
  return other != nullptr && is_exemption(*other) ? other : line;
}

const TrafficLine* TrafficSet::find_by_remote(const TrafficPlace& place) const noexcept {
  if (place.remote) return nullptr;
  for (const auto number : devices_.find(place.device))
    if (const auto& line = lines_[number]; holds_there(line, place)) return line.prefixes.empty() ? nullptr : &line;
  return nullptr;
}

std::int64_t TrafficSet::next_change(std::int64_t now_ns) const noexcept {
  auto next = LocalHours::never;
  for (const auto& line : lines_) next = std::min(next, line.hours.next_change(now_ns));
  return next;
}

Treatment TrafficSet::treat(const TrafficPlace& place) const noexcept {
  Treatment treatment;
  treatment.line = find(place);
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
