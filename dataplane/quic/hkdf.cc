#include "dataplane/quic/hkdf.hh"

#include <openssl/sha.h>

#include <algorithm>
#include <cassert>

// OpenSSL 3.0 calls SHA256_Init and its like deprecated, and offers EVP instead, which allocates for every digest
// (one time for SHA-256, five times for HMAC): a worker may not.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

namespace sluice {
namespace {

constexpr std::size_t block_size = SHA256_CBLOCK;
static_assert(sha256_size == SHA256_DIGEST_LENGTH);

class Sha256 {
 public:
  Sha256() noexcept { SHA256_Init(&state_); }
  Sha256& update(Bytes data) noexcept {
    SHA256_Update(&state_, data.data(), data.size());
    return *this;
  }
  [[nodiscard]] Sha256Digest digest() noexcept {
    Sha256Digest out;
    SHA256_Final(out.data(), &state_);
    return out;
  }

 private:
  SHA256_CTX state_;
};

}  // namespace

Sha256Digest hmac_sha256(Bytes key, Bytes data) noexcept {
  std::array<std::uint8_t, block_size> inner{};
  if (key.size() > block_size) {
    const auto digest = Sha256{}.update(key).digest();
    std::copy(digest.begin(), digest.end(), inner.begin());
  } else {
    std::copy(key.begin(), key.end(), inner.begin());
  }
  auto outer = inner;
  for (auto& byte : inner) byte ^= 0x36;
  for (auto& byte : outer) byte ^= 0x5c;
  return Sha256{}.update(outer).update(Sha256{}.update(inner).update(data).digest()).digest();
}

Sha256Digest hkdf_extract(Bytes salt, Bytes input) noexcept { return hmac_sha256(salt, input); }

void hkdf_expand_label(const Sha256Digest& secret, std::string_view label, std::span<std::uint8_t> out) noexcept {
  constexpr std::string_view prefix = "tls13 ";
  assert(label.size() <= hkdf_label_limit && out.size() <= sha256_size);

  // struct HkdfLabel, then the counter of RFC 5869 section 2.3, which is 1: one block of output is all that is needed.
  std::array<std::uint8_t, 2 + 1 + prefix.size() + hkdf_label_limit + 1 + 1> info;
  auto end = info.begin();
  *end++ = 0;
  *end++ = static_cast<std::uint8_t>(out.size());
  *end++ = static_cast<std::uint8_t>(prefix.size() + label.size());
  end = std::copy(prefix.begin(), prefix.end(), end);
  end = std::copy(label.begin(), label.end(), end);
  *end++ = 0;  // context
  *end++ = 1;
  const auto block = hmac_sha256(secret, {info.begin(), end});
  std::copy_n(block.begin(), out.size(), out.begin());
}

}  // namespace sluice
