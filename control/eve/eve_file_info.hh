// The `fileinfo` object of EVE: a file that HTTP carried.
#pragma once

#include "control/eve/eve_json.hh"
#include "dataplane/event/event.hh"

namespace sluice {

[[nodiscard]] Json fileinfo_object(const Event& event);

}  // namespace sluice
