// What the request that an event carries says, where it is a vendor's protocol (decoders/README.md).
#pragma once

#include <optional>

#include "control/decoders/decoded.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// Of an alert, of an event of HTTP, and of a file in its body.
[[nodiscard]] std::optional<DecodedMessage> vendor_message(const Event& event);

}  // namespace sluice
