// Text from the wire, made fit to be stored or shown. A name or a header is whatever a peer chose to send: bytes
// that are no text, escape sequences for a terminal, marks that turn the direction of writing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

// Valid UTF-8 (RFC 3629): each byte that is not part of a character becomes the four characters \xNN.
[[nodiscard]] std::string stored_text(std::string_view bytes);

// For a terminal: stored_text(), and C0, DEL and C1 control characters as \xNN, and characters that reorder, hide or
// break a line (Unicode's Bidi_Control, zero-width and separator characters) as \u{NNNN}.
[[nodiscard]] std::string shown_text(std::string_view bytes);

// Columns that shown_text() takes on a terminal: 2 for East Asian wide characters (UAX #11) and emoji, 0 for
// combining marks, else 1.
[[nodiscard]] std::size_t columns(std::string_view shown);

// Bytes of the longest prefix that takes at most `limit` columns; never splits a character.
[[nodiscard]] std::size_t prefix_within(std::string_view shown, std::size_t limit);

}  // namespace sluice
