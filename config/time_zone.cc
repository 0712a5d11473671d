#include "config/time_zone.hh"

#include <date/tz.h>

#include <exception>

namespace sluice::config {

std::vector<ZoneShift> time_zone(std::string_view name) {
  if (name == "UTC") return {{0, 0}};
  std::vector<ZoneShift> shifts;
  try {
    const auto* const zone = date::locate_zone(name);
    for (date::sys_seconds at{};;) {
      const auto part = zone->get_info(at);
      shifts.push_back({at.time_since_epoch().count(), static_cast<std::int32_t>(part.offset.count())});
      if (part.end <= at || part.end == date::sys_seconds::max() || shifts.size() == 1024) return shifts;
      at = part.end;
    }
  } catch (const std::exception&) {  // no such name, or no database
    return {};
  }
}

}  // namespace sluice::config
