// The `fileinfo` object of EVE: a file that HTTP carried.
#pragma once

#include "control/eve_json.hh"
#include "dataplane/event.hh"

namespace sluice {

[[nodiscard]] Json fileinfo_object(const Event& event);

}  // namespace sluice
