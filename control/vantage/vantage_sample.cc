#include "control/vantage/vantage_sample.hh"

#include <algorithm>

namespace sluice {

std::vector<PairSample> pair_samples(const TapReading& reading, const std::vector<VantagePair>& pairs) {
  std::vector<PairSample> samples;
  std::vector<std::uint8_t> groups;
  const auto count = std::min<std::size_t>(reading.ports.size() / 2, port_pairs_limit);
  for (std::size_t pair = 0; pair < count; ++pair) {
    const auto group = pair < pairs.size() ? pairs[pair].group : std::uint8_t{0};
    const auto known = std::find(groups.begin(), groups.end(), group);
    const bool is_further = group != 0 && known != groups.end();
    if (!is_further) {
      samples.push_back({pair < pairs.size() ? pairs[pair].name : std::to_string(pair), {}, 0});
      groups.push_back(group);
    }
    auto& sample = is_further ? samples[static_cast<std::size_t>(known - groups.begin())] : samples.back();
    for (const auto& worker : reading.workers) sample.signs += worker.counters.wiring[pair];
    sample.received_outside += port_counters(reading, 2 * pair + 1).received;
  }
  return samples;
}

DeviceSigns device_signs(const Inventory& inventory, Tick now) {
  constexpr auto presence = std::chrono::minutes{10};
  constexpr auto memory = std::chrono::hours{24};
  DeviceSigns signs;
  inventory.for_each([&](const Device& device) {
    const auto last = tick_from_nanoseconds(device.last_ns);
    if (now - last > memory) return false;
    ++signs.known;
    if (now - last <= presence) ++signs.present;
    const auto note = [&](std::uint64_t& sum, std::vector<std::string>& ids) {
      ++sum;
      if (ids.size() < DeviceSigns::named_limit) ids.push_back(device.id.text());
    };
    if (!device.several().empty()) note(signs.several, signs.several_ids);
    if (device.forwards || device.distance != 0) note(signs.routed, signs.routed_ids);
    return true;
  });
  return signs;
}

}  // namespace sluice
