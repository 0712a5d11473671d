// Signatures in minisign's format (https://jedisct1.github.io/minisign/): is this file what the owner of one of these
// keys published? Ed25519 (RFC 8032) over the BLAKE2b-512 (RFC 7693) of the bytes, or over the bytes themselves in
// signatures of minisign before 0.11 ("legacy"): both are taken. The first line of a signature, the untrusted comment,
// is covered by nothing and never shown; the trusted comment is covered by a signature of its own.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "rules/signing/minisign_text.hh"

namespace sluice {

struct MinisignPublicKey {
  MinisignKeyId id{};
  std::array<std::uint8_t, 32> key{};  // Ed25519
};

// The text of a .pub file: a comment line and a line of base64.
[[nodiscard]] tl::expected<MinisignPublicKey, std::string> parse_minisign_public_key(std::string_view text);

// The key that a signature names, whoever made it; an error where the text is no signature.
[[nodiscard]] tl::expected<MinisignKeyId, std::string> minisign_signer(std::string_view signature_text);

// The trusted comment, which is then to be believed (text without control characters but tabs); or why the data is not
// to be trusted: no signature, a cut or altered one, a key that is none of these, data or comment that were altered.
// Allocates; not for the packet path.
[[nodiscard]] tl::expected<std::string, std::string> verify_minisign(std::span<const std::uint8_t> data,
                                                                     std::string_view signature_text,
                                                                     std::span<const MinisignPublicKey> keys);

}  // namespace sluice
