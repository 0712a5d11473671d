// The objects of EVE that tell of mDNS and LLMNR messages.
#pragma once

#include "control/eve/eve_json.hh"
#include "control/findings/redaction.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// In the keys of Suricata's `mdns` and `llmnr`. Kinds of service, models and versions are shown; names of devices and
// of what they offer ("Anna's iPad"), and all else that they write into TXT records, are redacted: people name their
// devices by their own names.
[[nodiscard]] Json mdns_object(const Event& event, const Redactor& redactor);
[[nodiscard]] Json llmnr_object(const Event& event, const Redactor& redactor);

}  // namespace sluice
