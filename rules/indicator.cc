#include "rules/indicator.hh"

#include <array>
#include <new>

#include <fmt/format.h>
#include <openssl/evp.h>

namespace sluice {
namespace {

constexpr std::size_t derived_id_bytes = 8;

}  // namespace

std::string derived_id(RuleKind kind, std::string_view normalised) {
  const auto input = fmt::format("{}:{}", text_of(kind), normalised);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  // SHA-256 of the default provider fails only where memory is out.
  if (EVP_Digest(input.data(), input.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
  std::string id;
  for (std::size_t i = 0; i < derived_id_bytes; ++i) id += fmt::format("{:02x}", digest[i]);
  return id;
}

}  // namespace sluice
