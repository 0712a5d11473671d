// What is judged: one moment's counts of each pair of ports, and what the inventory says of devices.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "control/devices/inventory.hh"
#include "control/tap/tap_reading.hh"

namespace sluice {

// As the configuration has it, in its order.
struct VantagePair {
  std::string name;
  std::uint8_t group = 0;  // pairs of one share their flows; 0: none
};

struct PairSample {
  std::string name;                    // of a group, that of its first pair
  Wiring signs;                        // since the data plane's start
  std::uint64_t received_outside = 0;  // packets, likewise
};

struct DeviceSigns {
  static constexpr std::size_t named_limit = 16;

  std::uint64_t present = 0;                         // seen within ten minutes
  std::uint64_t known = 0;                           // within a day, as are those below
  std::uint64_t several = 0;                         // taken for several behind one address
  std::uint64_t routed = 0;                          // that forward, or whose packets come by a router
  std::vector<std::string> several_ids, routed_ids;  // the first of them
};

struct VantageSample {
  std::chrono::steady_clock::time_point time;
  Tick wall{};              // the same moment, as it is shown
  std::uint64_t epoch = 0;  // of the data plane: another one begins anew
  std::vector<PairSample> pairs;
  DeviceSigns devices;
};

// Of a data plane that lives. Pairs that it has and the configuration does not name have numbers.
[[nodiscard]] std::vector<PairSample> pair_samples(const TapReading& reading, const std::vector<VantagePair>& pairs);
[[nodiscard]] DeviceSigns device_signs(const Inventory& inventory, Tick now);

}  // namespace sluice
