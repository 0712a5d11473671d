// Zones of local time, as the system's zone database has them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace sluice::config {

// From that second since 1970 on (UTC), clocks are so far ahead of UTC.
struct ZoneShift {
  std::int64_t from_s = 0;
  std::int32_t ahead_s = 0;
};

// In order, from 1970 on, as far as the database reaches (2037); the first one holds before, too. Empty where there is
// no zone of that name. "UTC" needs no database. https://www.iana.org/time-zones
[[nodiscard]] std::vector<ZoneShift> time_zone(std::string_view name);

}  // namespace sluice::config
