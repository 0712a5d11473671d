// UTF-8 (RFC 3629), as far as lists need it: is it valid, and at which character does a byte stand.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

// Offset of the first byte that is not part of a well-formed character (RFC 3629 section 4: no overlong forms, no
// surrogates, nothing above U+10FFFF); nothing where all is valid.
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text) noexcept;

// True for the first byte of a character, and for a stray byte; false for a continuation byte. Counting these gives
// the column that an editor shows.
[[nodiscard]] constexpr bool begins_character(char byte) noexcept {
  return (static_cast<unsigned char>(byte) & 0xc0U) != 0x80U;
}

// The text for a message: bytes that are no characters and control characters become '?', and what is longer than
// printable_size_limit characters is cut with "..." behind it.
[[nodiscard]] std::string printable(std::string_view text);
constexpr std::size_t printable_size_limit = 64;

// U+0000 to U+001F and U+007F.
[[nodiscard]] constexpr bool is_control(char byte) noexcept {
  return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f;
}

}  // namespace sluice
