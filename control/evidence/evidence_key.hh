// Keys of evidence: the authority's pair, of which a tap has the public half, and a pair for each device, whose secret
// half is sealed to the authority. X25519, in sealed boxes of libsodium (crypto_box_seal: an ephemeral key, then
// XSalsa20-Poly1305): who seals cannot open again.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sluice {

constexpr std::size_t evidence_key_size = 32;
constexpr std::size_t evidence_seal_size = 48;  // bytes that a box has more than what it holds
using EvidencePublicKey = std::array<std::uint8_t, evidence_key_size>;

// Wiped from memory at the end.
class EvidenceSecretKey {
 public:
  [[nodiscard]] static EvidenceSecretKey random();
  // As bytes() gave it; nothing for another size.
  [[nodiscard]] static std::optional<EvidenceSecretKey> from(std::string_view bytes);
  EvidenceSecretKey(EvidenceSecretKey&& other) noexcept;
  EvidenceSecretKey& operator=(EvidenceSecretKey&& other) noexcept;
  ~EvidenceSecretKey();

  [[nodiscard]] EvidencePublicKey public_key() const;
  [[nodiscard]] std::string_view bytes() const noexcept;
  // What a box sealed to this key's public half holds; nothing where it is another key's, or altered.
  [[nodiscard]] std::optional<std::string> open(std::string_view box) const;

 private:
  EvidenceSecretKey() = default;
  std::array<std::uint8_t, evidence_key_size> key_{};
};

[[nodiscard]] std::string seal(const EvidencePublicKey& key, std::string_view bytes);

[[nodiscard]] std::string hex_text(std::string_view bytes);
// Nothing for what is no hex in lower case.
[[nodiscard]] std::optional<std::string> hex_bytes(std::string_view text);
[[nodiscard]] std::string hex_text(const EvidencePublicKey& key);
[[nodiscard]] std::optional<EvidencePublicKey> public_key_from(std::string_view hex);

// The authority's keys as files of one line, which says what it is.
[[nodiscard]] std::string file_text(const EvidencePublicKey& key);
[[nodiscard]] std::string file_text(const EvidenceSecretKey& key);
// Errors name the file, and the remedy.
[[nodiscard]] tl::expected<EvidencePublicKey, std::string> load_evidence_public_key(const std::string& path);
// Refused where others may read it.
[[nodiscard]] tl::expected<EvidenceSecretKey, std::string> load_evidence_secret_key(const std::string& path);

}  // namespace sluice
