// How far apart the contents of a signature may lie in clear text: of a stream only so much is kept.
#pragma once

#include <cstdint>
#include <optional>

#include "rules/signatures/signature.hh"

namespace sluice {

// From the first byte that a match needs to behind the last one, bytes; nothing where there is no bound. What must not
// be there counts as far as it says how far.
[[nodiscard]] std::optional<std::uint64_t> signature_span(const Signature& signature);

}  // namespace sluice
