// A request target in the one form in which rules look at it: what servers take for the same stands there once.
// Suricata's http.uri, which libhtp normalises for its personality IDS, is the measure; rules/README.md says how far.
#pragma once

#include <string_view>

#include "dataplane/signatures/message_values.hh"

namespace sluice {

// Writes the path and the query of the target (RFC 3986 section 3), without scheme and authority; the caller finishes
// the value. Of the path %XX and %uXXXX are decoded, '\' becomes '/', several '/' become one, and dot segments go
// (section 5.2.4); of the query %XX is decoded. What is no valid escape stays.
void write_normalised_uri(std::string_view target, MessageValues& values) noexcept;

}  // namespace sluice
