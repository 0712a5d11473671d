// MD5, SHA-1 and SHA-256 of bytes as they come, without allocation: for fingerprints that the outside world names by
// such a digest. None of them protects anything here.
#pragma once

#include <openssl/md5.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "dataplane/base/bytes.hh"

namespace sluice {

class Md5Sum {
 public:
  static constexpr std::size_t size = 16;

  Md5Sum() noexcept;
  void add(Bytes bytes) noexcept;
  // Once, at the end.
  [[nodiscard]] std::array<std::uint8_t, size> finish() noexcept;

 private:
  MD5_CTX state_;
};

class Sha1Sum {
 public:
  static constexpr std::size_t size = 20;

  Sha1Sum() noexcept;
  void add(Bytes bytes) noexcept;
  [[nodiscard]] std::array<std::uint8_t, size> finish() noexcept;

 private:
  SHA_CTX state_;
};

class Sha256Sum {
 public:
  static constexpr std::size_t size = 32;

  Sha256Sum() noexcept;
  void add(Bytes bytes) noexcept;
  [[nodiscard]] std::array<std::uint8_t, size> finish() noexcept;

 private:
  SHA256_CTX state_;
};

[[nodiscard]] std::array<std::uint8_t, Sha1Sum::size> sha1_of(Bytes bytes) noexcept;
[[nodiscard]] std::array<std::uint8_t, Sha256Sum::size> sha256_of(Bytes bytes) noexcept;

// Two lower-case hex digits a byte, as many bytes as `out` has room for.
void write_hex(Bytes bytes, std::span<char> out) noexcept;

// A digest as text.
template <std::size_t Size>
[[nodiscard]] std::array<char, 2 * Size> hex_of(const std::array<std::uint8_t, Size>& digest) noexcept {
  std::array<char, 2 * Size> text;
  write_hex(digest, text);
  return text;
}

}  // namespace sluice
