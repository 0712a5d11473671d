// Whose signatures count: the keys that are trusted, those of them that are revoked, and how many must have signed.
// A file of signatures holds one or several in minisign's format, one behind the other (`cat one.minisig two.minisig`),
// each of which minisign makes and checks by itself. To rotate a key, trust the new one beside the old one, sign with
// both or with the new one, and take the old one away; to revoke one, name its id, which also refuses what is stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "rules/signing/minisign.hh"

namespace sluice {

constexpr std::size_t signature_count_limit = 16;  // signatures of one file

struct Keyring {
  std::vector<MinisignPublicKey> trusted;
  std::vector<MinisignKeyId> revoked;  // counts for nothing, trusted or not
  std::uint32_t threshold = 1;         // good signatures of so many different keys

  [[nodiscard]] bool empty() const noexcept { return trusted.empty(); }
};

// The signatures that a text holds, as they stand in it; an error where it is cut or holds too many.
[[nodiscard]] tl::expected<std::vector<std::string_view>, std::string> signatures_in(std::string_view text);

struct GoodSignature {
  MinisignKeyId key{};
  std::string trusted_comment;
};

// Those of trusted keys, in the order of the text, one a key; at least as many as the threshold says. Else why not:
// altered data, a cut text, keys that are unknown or revoked, too few. A signature of an unknown key takes nothing
// away; one that a trusted key never made refuses the file, whatever else stands beside it. Allocates; not for the
// packet path.
[[nodiscard]] tl::expected<std::vector<GoodSignature>, std::string> verify_signatures(
    std::span<const std::uint8_t> data, std::string_view signatures, const Keyring& keyring);

}  // namespace sluice
