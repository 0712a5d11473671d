// Bits and numbers that rules have set on a flow, and what they captured, as Suricata shows them.
#pragma once

#include "control/eve/eve_json.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// Adds `metadata` and `traffic` to the line, where the event has any.
void put_flow_variables(Json& line, const Event& event);

}  // namespace sluice
