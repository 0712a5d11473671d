// The objects of EVE that tell of ARP and of IPv6 neighbour discovery.
#pragma once

#include "control/eve/eve_json.hh"
#include "control/findings/redaction.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// The keys of Suricata's `arp`; hardware addresses are redacted, as they are in `dhcp`, with the same digest.
[[nodiscard]] Json arp_object(const Event& event, const Redactor& redactor);
// Suricata has none: the words are those of RFC 4861.
[[nodiscard]] Json neighbour_object(const Event& event, const Redactor& redactor);

}  // namespace sluice
