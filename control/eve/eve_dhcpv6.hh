// The object of EVE that tells of a DHCPv6 message. Suricata has none: the keys are RFC 8415's words.
#pragma once

#include "control/eve/eve_json.hh"
#include "control/findings/redaction.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// What identifies a device (DUIDs, host name) is redacted.
[[nodiscard]] Json dhcpv6_object(const Event& event, const Redactor& redactor);

}  // namespace sluice
