// The guard reads the whole configuration and goes by no hours: the zones of policy.time_zone are for others to know.
#include "config/time_zone.hh"

namespace sluice::config {

std::vector<ZoneShift> time_zone(std::string_view) { return {{0, 0}}; }

}  // namespace sluice::config
