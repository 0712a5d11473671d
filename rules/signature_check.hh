// What the parts of a rule mean together: refused is what could never match, would match everything, or is matched in
// another way than it reads.
#pragma once

#include <vector>

#include "rules/rule_text.hh"
#include "rules/signature.hh"
#include "rules/signature_number.hh"
#include "rules/signature_parts.hh"

namespace sluice {

// `whole`: every part and the protocol could be read. Where one could not, nothing is said of what seems to be missing.
void check_parts(const std::vector<PlacedPart>& parts, const std::vector<PlacedNumber>& numbers,
                 SignatureProtocol protocol, bool whole, RuleFaults& faults);

}  // namespace sluice
