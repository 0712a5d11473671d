// The bytes of a packet in EVE, where the tap was told to write them: `packet`, `packet_info`, `payload`,
// `payload_printable`, `stream`, and of Ethernet `ether`, as Suricata has them.
#pragma once

#include "control/eve/eve_json.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// Nothing where the event has none.
void put_content(Json& line, const Event& event);

}  // namespace sluice
