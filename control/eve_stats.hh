// The `stats` object of EVE: Sluice's counters where Suricata counts the same.
#pragma once

#include "control/eve_json.hh"
#include "control/statistics.hh"

namespace sluice {

[[nodiscard]] Json stats_object(const Statistics& statistics);

}  // namespace sluice
