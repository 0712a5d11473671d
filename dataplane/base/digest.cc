// OpenSSL 3.0 calls these functions deprecated in favour of EVP. EVP allocates for each digest (one block a
// re-initialisation, more for a new one), which a worker may not do; these work in the caller's memory alone.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "dataplane/base/digest.hh"

#include <algorithm>

namespace sluice {

// None of these calls can fail: they only compute.
Md5Sum::Md5Sum() noexcept { MD5_Init(&state_); }
void Md5Sum::add(Bytes bytes) noexcept { MD5_Update(&state_, bytes.data(), bytes.size()); }
std::array<std::uint8_t, Md5Sum::size> Md5Sum::finish() noexcept {
  std::array<std::uint8_t, size> digest;
  MD5_Final(digest.data(), &state_);
  return digest;
}

Sha1Sum::Sha1Sum() noexcept { SHA1_Init(&state_); }
void Sha1Sum::add(Bytes bytes) noexcept { SHA1_Update(&state_, bytes.data(), bytes.size()); }
std::array<std::uint8_t, Sha1Sum::size> Sha1Sum::finish() noexcept {
  std::array<std::uint8_t, size> digest;
  SHA1_Final(digest.data(), &state_);
  return digest;
}

Sha256Sum::Sha256Sum() noexcept { SHA256_Init(&state_); }
void Sha256Sum::add(Bytes bytes) noexcept { SHA256_Update(&state_, bytes.data(), bytes.size()); }
std::array<std::uint8_t, Sha256Sum::size> Sha256Sum::finish() noexcept {
  std::array<std::uint8_t, size> digest;
  SHA256_Final(digest.data(), &state_);
  return digest;
}

std::array<std::uint8_t, Sha1Sum::size> sha1_of(Bytes bytes) noexcept {
  Sha1Sum sum;
  sum.add(bytes);
  return sum.finish();
}

std::array<std::uint8_t, Sha256Sum::size> sha256_of(Bytes bytes) noexcept {
  Sha256Sum sum;
  sum.add(bytes);
  return sum.finish();
}

void write_hex(Bytes bytes, std::span<char> out) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto count = std::min(bytes.size(), out.size() / 2);
  for (std::size_t i = 0; i < count; ++i) {
    out[2 * i] = digits[bytes[i] >> 4];
    out[2 * i + 1] = digits[bytes[i] & 0x0f];
  }
}

}  // namespace sluice
