// What the parts of a rule mean together: refused is what could never match, would match everything, or is matched in
// another way than it reads.
#pragma once

#include <vector>

#include "rules/facts/rule_text.hh"
#include "rules/signatures/signature.hh"
#include "rules/signatures/signature_message_number.hh"
#include "rules/signatures/signature_parts.hh"

namespace sluice {

// `whole`: every part and all else of the signature could be read. Where one could not, nothing is said of what seems
// to be missing.
void check_parts(const std::vector<PlacedPart>& parts, const std::vector<PlacedNumber>& numbers,
                 const Signature& signature, bool whole, RuleFaults& faults);

}  // namespace sluice
