// Identifiers of devices (hardware addresses, names, ids) leave memory in two forms alone: a digest, by which one is
// found again, and a sealed copy that the tap's own key opens.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/devices/sighting.hh"

namespace sluice {

using IdentifierDigest = std::array<std::uint8_t, 16>;
using SealedIdentifier = std::vector<std::uint8_t>;

class IdentifierKey {
 public:
  static constexpr std::size_t size = 32;  // bytes
  explicit IdentifierKey(std::array<std::uint8_t, size> key) noexcept : key_(key) {}

  // BLAKE2b under the key; the same text of another kind has another one.
  [[nodiscard]] IdentifierDigest digest(const DeviceLink& link) const;
  // XSalsa20-Poly1305 (libsodium's secretbox), a random nonce before it.
  [[nodiscard]] SealedIdentifier seal(std::string_view identifier) const;
  // Nothing where it was sealed under another key, or altered.
  [[nodiscard]] std::optional<std::string> open(std::span<const std::uint8_t> sealed) const;

 private:
  std::array<std::uint8_t, size> key_;
};

}  // namespace sluice
