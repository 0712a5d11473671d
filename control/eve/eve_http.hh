// The object of EVE that tells of an HTTP transaction, of any version.
#pragma once

#include "control/eve/eve_json.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// As Suricata 8 has it; HTTP/2 with an object `http2` in it.
[[nodiscard]] Json http_object(const Event& event);

// The parts of a form that a request sent: their names, file names and types. Empty where there are none.
[[nodiscard]] Json form_parts(const Event& event);

}  // namespace sluice
