// HKDF with SHA-256 (RFC 5869) and the labels that TLS 1.3 puts on top (RFC 8446 section 7.1). Nothing is allocated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dataplane/base/bytes.hh"

namespace sluice {

constexpr std::size_t sha256_size = 32;
// Longest label behind "tls13 "; TLS and QUIC have none above 12.
constexpr std::size_t hkdf_label_limit = 32;

using Sha256Digest = std::array<std::uint8_t, sha256_size>;

// RFC 2104
[[nodiscard]] Sha256Digest hmac_sha256(Bytes key, Bytes data) noexcept;

// RFC 5869 section 2.2
[[nodiscard]] Sha256Digest hkdf_extract(Bytes salt, Bytes input) noexcept;

// RFC 8446 section 7.1 with an empty context. Fills `out`, at most sha256_size bytes; label: at most hkdf_label_limit.
void hkdf_expand_label(const Sha256Digest& secret, std::string_view label, std::span<std::uint8_t> out) noexcept;

}  // namespace sluice
