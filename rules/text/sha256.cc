#include "rules/text/sha256.hh"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <new>

namespace sluice {

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

// OpenSSL fails here and below only where memory is short.
Sha256::Sha256() : context_{EVP_MD_CTX_new()} {
  static const auto* const algorithm =
      EVP_MD_fetch(nullptr, "SHA256", nullptr);  // costs more than a short text's digest
  if (!context_ || EVP_DigestInit_ex(context_.get(), algorithm, nullptr) != 1) throw std::bad_alloc{};
}

void Sha256::add(std::span<const std::uint8_t> bytes) {
  if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) throw std::bad_alloc{};
}

void Sha256::add(std::string_view text) {
  if (EVP_DigestUpdate(context_.get(), text.data(), text.size()) != 1) throw std::bad_alloc{};
}

void Sha256::add(std::uint64_t number) {
  std::array<std::uint8_t, sizeof number> bytes{};
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(number);
    number >>= 8U;
  }
  add(bytes);
}

std::string Sha256::hex() {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context_.get(), raw.data(), &size) != 1) throw std::bad_alloc{};
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text(std::size_t{size} * 2, '0');
  for (unsigned i = 0; i < size; ++i) {
    text[2 * i] = digits[raw[i] >> 4U];
    text[2 * i + 1] = digits[raw[i] & 0xfU];
  }
  return text;
}

bool is_sha256(std::string_view text) noexcept {
  return text.size() == sha256_text_size && std::all_of(text.begin(), text.end(), [](char digit) {
           return (digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f');
         });
}

}  // namespace sluice
