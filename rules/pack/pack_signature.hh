// One packed signature, read as strictly as a signature file is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rules/pack/pack_reading.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

namespace packed {
struct Signature;
}  // namespace packed

// What is known of it beside what it matches.
[[nodiscard]] RuleFacts read_packed_signature_facts(const packed::Signature& packed, std::string_view pack_name,
                                                    PackReading& reading);
[[nodiscard]] Signature read_packed_signature(const packed::Signature& packed, std::string_view pack_name,
                                              PackReading& reading);

}  // namespace sluice
