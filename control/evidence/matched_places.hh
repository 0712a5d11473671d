// Where in the packets of a record stands what its rule looks for: the bytes of an indicator, or of each content of a
// signature. What was decoded before it was matched (a coded body, an encrypted hello) stands nowhere as it was
// matched.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "control/eve/eve_json.hh"
#include "control/evidence/evidence_packets.hh"
#include "control/findings/finding.hh"

namespace sluice {

// Each the first one of its bytes: {"packet": from 1, "offset", "length", "buffer", "bytes", "before", "behind"}, bytes
// in hex. `rule`: the text of a signature; else empty.
[[nodiscard]] Json matched_places(const Finding& finding, std::string_view rule, const EvidencePackets& packets);

}  // namespace sluice
