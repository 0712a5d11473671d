// The `stats` object of EVE: Sluice's counters where Suricata counts the same.
#pragma once

#include "control/eve/eve_json.hh"
#include "control/tap/statistics.hh"

namespace sluice {

[[nodiscard]] Json stats_object(const Statistics& statistics);

}  // namespace sluice
