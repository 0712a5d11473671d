// The object of EVE that tells of a DHCP message.
#pragma once

#include "control/eve/eve_json.hh"
#include "control/findings/redaction.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// The keys are Suricata's; what identifies the device (hardware address, host name, client id) is redacted, without
// digest where there is no redactor.
[[nodiscard]] Json dhcp_object(const Event& event, const Redactor* redactor);

}  // namespace sluice
