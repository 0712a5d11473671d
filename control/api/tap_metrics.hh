// The metrics that come from the data plane's counters: ports, workers, links, the rules that are live.
#pragma once

#include "control/api/metric_families.hh"
#include "control/tap/event_loop.hh"

namespace sluice {

// Nothing where no data plane was ever there; of one that has ended, what it counted.
void put_tap(MetricFamilies& out, const LoopStatus& loop);

}  // namespace sluice
