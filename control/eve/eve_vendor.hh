// What was decoded of a vendor's request, as EVE has it, and the `http` object of such a request without what is
// redacted there.
#pragma once

#include <string_view>

#include "control/decoders/decoded.hh"
#include "control/eve/eve_json.hh"
#include "control/findings/redaction.hh"

namespace sluice {

// `sluice.vendor`. `recipient`: as the rule of a finding names it; empty = left out. Null redactor: no digests.
[[nodiscard]] Json vendor_object(const DecodedMessage& message, std::string_view recipient, const Redactor* redactor);

// Takes out of the object what the request and its response may hold of the values that vendor_object() redacts:
// parameters, headers but the usual ones, addresses of pages. Each becomes its length: "[17 bytes]".
void redact_http(Json& http, const DecodedMessage& message);

}  // namespace sluice
