// SHA-256 (FIPS 180-4) as lower-case hex: how rulesets, packs and databases are named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;  // OpenSSL's EVP_MD_CTX

namespace sluice {

constexpr std::size_t sha256_text_size = 64;

class Sha256 {
 public:
  Sha256();
  void add(std::span<const std::uint8_t> bytes);
  void add(std::string_view text);
  // Little-endian, eight bytes. Put before what has no fixed size, so that "ab","c" is not "a","bc".
  void add(std::uint64_t number);
  // Once, at the end.
  [[nodiscard]] std::string hex();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

// Sixty-four hexadecimal digits in lower case, nothing else.
[[nodiscard]] bool is_sha256(std::string_view text) noexcept;

}  // namespace sluice
