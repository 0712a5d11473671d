// Signing in minisign's format, with secret keys that minisign made. Linked only into what signs: a tap never does.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "rules/signing/minisign.hh"

namespace sluice {

// Memory that opening a protected key may take, in bytes. minisign itself asks for 1 GiB.
constexpr std::uint64_t minisign_kdf_memory_limit = std::uint64_t{1} << 31;
// Work that it may take, in libsodium's opslimit. minisign itself asks for 2^25; a few seconds.
constexpr std::uint64_t minisign_kdf_work_limit = std::uint64_t{1} << 28;

// Wiped from memory at the end.
class MinisignSecretKey {
 public:
  // The text of a secret key file. A protected one needs its password and takes 1 GiB of memory for a second; an
  // unprotected one (minisign -G -W) is opened whatever the password.
  [[nodiscard]] static tl::expected<MinisignSecretKey, std::string> parse(std::string_view text,
                                                                          std::optional<std::string_view> password);
  MinisignSecretKey(const MinisignSecretKey&) = delete;
  MinisignSecretKey& operator=(const MinisignSecretKey&) = delete;
  MinisignSecretKey(MinisignSecretKey&& other) noexcept;
  MinisignSecretKey& operator=(MinisignSecretKey&& other) noexcept;
  ~MinisignSecretKey();

  [[nodiscard]] MinisignPublicKey public_key() const;
  // The text of a .minisig file for the data: prehashed, with this trusted comment.
  // Refused: a comment of more than one line, or longer than minisign reads.
  [[nodiscard]] tl::expected<std::string, std::string> sign(std::span<const std::uint8_t> data,
                                                            std::string_view trusted_comment) const;

 private:
  MinisignSecretKey() = default;
  MinisignKeyId id_{};
  std::array<std::uint8_t, 64> key_{};  // Ed25519: 32 bytes of seed, 32 of the public key
};

}  // namespace sluice
