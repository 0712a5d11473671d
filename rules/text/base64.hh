// Base64 (RFC 4648 section 4) as a rule asks for it: of bytes that somebody else wrote, and where they end nobody
// knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "rules/signatures/part_check.hh"

namespace sluice {

// The decoded bytes, as many as `out` has room for; how many. What stands outside the alphabet
//   rfc4648: ends the text (RFC 4648 section 3.3); digits that no padding follows count,
//   rfc2045: is passed over (RFC 2045 section 6.8); digits of an unfinished group do not count,
//   strict: makes all of it nothing, as wrong padding does.
[[nodiscard]] std::size_t decode_base64(std::span<const std::uint8_t> coded, Transform::Mode mode,
                                        std::span<std::uint8_t> out) noexcept;

}  // namespace sluice
