#include "control/text/uuid.hh"

#include <fmt/format.h>
#include <openssl/sha.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>

namespace sluice {
namespace {

constexpr std::size_t text_size = 36;

// Before these bytes stands a hyphen (RFC 9562 section 4).
constexpr bool follows_hyphen(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10U;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10U;
  return std::nullopt;
}

// Sections 4.1 and 4.2: which of the layouts, and variant 10.
void mark(Uuid& uuid, unsigned version) {
  uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0fU) | version << 4U);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3fU) | 0x80U);
}

}  // namespace

std::optional<Uuid> Uuid::parse(std::string_view text) noexcept {
  if (text.size() != text_size) return std::nullopt;
  Uuid uuid;
  std::size_t at = 0;
  for (std::size_t i = 0; i < uuid.bytes.size(); ++i) {
    if (follows_hyphen(i) && text[at++] != '-') return std::nullopt;
    const auto high = hex_digit(text[at++]);
    const auto low = hex_digit(text[at++]);
    if (!high || !low) return std::nullopt;
    uuid.bytes[i] = static_cast<std::uint8_t>(*high << 4U | *low);
  }
  return uuid;
}

Uuid Uuid::named(const Uuid& name_space, std::string_view name) {
  std::string hashed(name_space.bytes.begin(), name_space.bytes.end());
  hashed += name;
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(hashed.data()), hashed.size(), digest.data());

  Uuid uuid;
  std::copy_n(digest.begin(), uuid.bytes.size(), uuid.bytes.begin());
  mark(uuid, 5);
  return uuid;
}

Uuid Uuid::random() {
  Uuid uuid;
  // Up to 256 bytes come whole and uninterrupted once the kernel has its entropy (getrandom(2)).
  if (::getrandom(uuid.bytes.data(), uuid.bytes.size(), 0) != static_cast<ssize_t>(uuid.bytes.size()))
    throw std::system_error{errno, std::generic_category(), "no random numbers from the kernel"};
  mark(uuid, 4);
  return uuid;
}

std::string Uuid::text() const {
  std::string text;
  text.reserve(text_size);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    fmt::format_to(std::back_inserter(text), "{}{:02x}", follows_hyphen(i) ? "-" : "", bytes[i]);
  return text;
}

}  // namespace sluice
