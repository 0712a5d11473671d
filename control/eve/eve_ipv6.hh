// IPv6 addresses of a line in the form that Suricata writes: eight groups of four digits, where RFC 5952 has the short
// one.
#pragma once

#include "control/eve/eve_json.hh"

namespace sluice {

// Of a whole line: in the places that hold nothing but addresses. What a rule, a list or Sluice itself says of an
// address (metadata, `sluice`) stays as it is.
void write_ipv6_in_full(Json& line);

}  // namespace sluice
