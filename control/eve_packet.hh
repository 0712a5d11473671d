// What EVE says of a packet as such: its anomalies, that it was dropped, where it came from.
#pragma once

#include "control/eve_json.hh"
#include "dataplane/event.hh"

namespace sluice {

// {"type": "decode|stream|applayer", "event": as Suricata names it, ...}
[[nodiscard]] Json anomaly_object(const Event& event);

}  // namespace sluice
