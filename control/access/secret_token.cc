#include "control/access/secret_token.hh"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>

#include "control/text/base64.hh"
#include "rules/text/sha256.hh"

namespace sluice {
namespace {

constexpr std::string_view prefix = "sluice_";
constexpr std::size_t token_bytes = 32;
constexpr std::size_t encoded_size = 43;  // of these, without padding

bool is_digit_of_base64url(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::string make_token() {
  std::array<unsigned char, token_bytes> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    throw std::runtime_error{"no random numbers are to be had"};
  auto text = base64_text({reinterpret_cast<const char*>(random.data()), random.size()});
  text.resize(encoded_size);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return std::string{prefix} + text;
}

std::string digest_of_token(std::string_view token) {
  Sha256 sum;
  sum.add(token);
  return sum.hex();
}

std::string_view bearer_token(std::string_view authorization) noexcept {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() != scheme.size() + prefix.size() + encoded_size) return {};
  const auto is_same = [](char one, char other) {
    return std::tolower(static_cast<unsigned char>(one)) == static_cast<unsigned char>(other);
  };
  if (!std::equal(scheme.begin(), scheme.end(), authorization.begin(), [&](char s, char a) { return is_same(a, s); }))
    return {};
  const auto token = authorization.substr(scheme.size());
  if (!token.starts_with(prefix)) return {};
  const auto digits = token.substr(prefix.size());
  return std::all_of(digits.begin(), digits.end(), is_digit_of_base64url) ? token : std::string_view{};
}

}  // namespace sluice
