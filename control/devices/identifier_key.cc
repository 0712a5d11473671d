#include "control/devices/identifier_key.hh"

#include <sodium.h>

#include <algorithm>

namespace sluice {
namespace {

static_assert(IdentifierKey::size == crypto_generichash_KEYBYTES && IdentifierKey::size == crypto_secretbox_KEYBYTES);
static_assert(sizeof(IdentifierDigest) == crypto_generichash_BYTES_MIN);

const std::uint8_t* bytes_of(std::string_view text) { return reinterpret_cast<const std::uint8_t*>(text.data()); }

}  // namespace

IdentifierDigest IdentifierKey::digest(const DeviceLink& link) const {
  const auto text = std::string{text_of(link.kind)} + '\0' + link.value;
  IdentifierDigest digest{};
  crypto_generichash(digest.data(), digest.size(), bytes_of(text), text.size(), key_.data(), key_.size());
  return digest;
}

SealedIdentifier IdentifierKey::seal(std::string_view identifier) const {
  SealedIdentifier sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + identifier.size());
  randombytes_buf(sealed.data(), crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(sealed.data() + crypto_secretbox_NONCEBYTES, bytes_of(identifier), identifier.size(),
                        sealed.data(), key_.data());
  return sealed;
}

std::optional<std::string> IdentifierKey::open(std::span<const std::uint8_t> sealed) const {
  constexpr std::size_t around = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  if (sealed.size() < around) return std::nullopt;
  std::string text(sealed.size() - around, '\0');
  const auto box = sealed.subspan(crypto_secretbox_NONCEBYTES);
  if (crypto_secretbox_open_easy(reinterpret_cast<std::uint8_t*>(text.data()), box.data(), box.size(), sealed.data(),
                                 key_.data()) != 0)
    return std::nullopt;
  return text;
}

}  // namespace sluice
