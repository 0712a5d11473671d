// The text form that all files of minisign share: comment lines, and lines of base64 of a fixed size.
// Described at https://jedisct1.github.io/minisign/ ; read and written as /usr/bin/minisign 0.11 does.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

// No file in minisign's format is larger, in bytes: a signature with the longest comments takes 9.5 kB.
constexpr std::size_t minisign_file_limit = std::size_t{16} * 1024;
// minisign's own bound of a trusted comment, with the words before it.
constexpr std::size_t minisign_trusted_comment_limit = 8192;

constexpr std::string_view untrusted_comment_prefix = "untrusted comment: ";
constexpr std::string_view trusted_comment_prefix = "trusted comment: ";

// First bytes of what a base64 line holds.
using MinisignAlgorithm = std::array<std::uint8_t, 2>;
constexpr MinisignAlgorithm minisign_ed25519{'E', 'd'};      // keys, and signatures of the bytes themselves (legacy)
constexpr MinisignAlgorithm minisign_prehashed{'E', 'D'};    // signatures of the bytes' BLAKE2b-512
using MinisignKeyId = std::array<std::uint8_t, 8>;           // random, made with the key
[[nodiscard]] std::string text_of(const MinisignKeyId& id);  // as minisign shows it: 16 hex digits, last byte first

// From hex digits of either case; minisign leaves zeros in front away. Nothing for any other text.
[[nodiscard]] std::optional<MinisignKeyId> key_id_from(std::string_view text) noexcept;

// The lines without their ends (\n or \r\n); one at the end of the last line is no further line.
// Refused: another count of lines than `wanted`, more than minisign_file_limit bytes.
[[nodiscard]] tl::expected<std::vector<std::string_view>, std::string> minisign_lines(std::string_view text,
                                                                                      std::size_t wanted);
// Fills `out` exactly; false where the text is no base64 (RFC 4648 section 4, padded) of so many bytes.
[[nodiscard]] bool from_base64(std::string_view text, std::span<std::uint8_t> out);
[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);

}  // namespace sluice
