// byte_test, byte_jump, byte_extract and byte_math over a buffer. What Suricata does is in its detect-bytetest.c,
// detect-bytejump.c, detect-byte-extract.c and detect-bytemath.c.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "dataplane/base/bytes.hh"
#include "rules/signatures/part_check.hh"

namespace sluice {

// What the parts of a signature have set, 0 before.
using PartValues = std::array<std::uint64_t, signature_variable_limit>;

// A value as a place or a size: none in a buffer is as large as what does not fit here.
[[nodiscard]] std::int64_t place_of(std::uint64_t value) noexcept;

// A buffer, and where in its stream it begins.
struct PlacedBytes {
  Bytes bytes;
  std::int64_t base = 0;

  [[nodiscard]] std::int64_t end() const noexcept { return base + static_cast<std::int64_t>(bytes.size()); }
};

// Where what follows counts from, or nothing where the operation does not hold: what it reads must stand in the buffer.
// `previous`: the end of the match before. Sets the operation's variable.
[[nodiscard]] std::optional<std::int64_t> apply(const ByteOperation& operation, const PlacedBytes& buffer,
                                                std::int64_t previous, PartValues& values) noexcept;

}  // namespace sluice
