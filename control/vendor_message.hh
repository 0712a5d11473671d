// What the request that an event carries says, where it is a vendor's protocol (decoders/README.md).
#pragma once

#include <optional>

#include "control/decoders/decoded.hh"
#include "dataplane/event.hh"

namespace sluice {

// Of an alert, and of an event of HTTP.
[[nodiscard]] std::optional<DecodedMessage> vendor_message(const Event& event);

}  // namespace sluice
