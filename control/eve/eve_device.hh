// The objects of EVE that tell what devices and their programs say of themselves.
#pragma once

#include "control/eve/eve_json.hh"
#include "control/findings/redaction.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// Puts the object of the event's type under its key: `mqtt`, `ntp`, `stun`, `ssh`, `mdns`, `llmnr`, `netbios`, `ssdp`,
// `arp`, `nd`, `dhcpv6`. False where the event is of another type. Without a redactor identifiers have no digest.
[[nodiscard]] bool put_device_object(Json& line, const Event& event, const Redactor* redactor);

}  // namespace sluice
