#include "rules/names/address.hh"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace sluice {
namespace {

constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
constexpr unsigned mapped_bits = 96;

}  // namespace

Address Address::v4(std::span<const std::uint8_t, 4> network_order) noexcept {
  Address address;
  std::copy(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin());
  std::copy_n(network_order.begin(), 4, address.bytes.begin() + mapped_prefix.size());
  return address;
}

Address Address::v6(std::span<const std::uint8_t, 16> network_order) noexcept {
  Address address;
  std::copy_n(network_order.begin(), 16, address.bytes.begin());
  return address;
}

std::optional<Address> Address::parse(std::string_view text) noexcept {
  std::array<char, text_limit> terminated{};  // inet_pton wants a C string
  if (text.size() >= terminated.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  std::array<std::uint8_t, 16> raw{};
  if (inet_pton(AF_INET, terminated.data(), raw.data()) == 1) return v4(std::span{raw}.first<4>());
  if (inet_pton(AF_INET6, terminated.data(), raw.data()) == 1) return v6(raw);
  return std::nullopt;
}

bool Address::is_v4() const noexcept { return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin()); }

bool Address::is_private() const noexcept {
  if (!is_v4()) return (bytes[0] & 0xfe) == 0xfc || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
  const auto a = bytes[12];
  const auto b = bytes[13];
  return a == 10 || (a == 172 && (b & 0xf0) == 16) || (a == 192 && b == 168) || (a == 169 && b == 254) ||
         (a == 100 && (b & 0xc0) == 64);
}

bool Address::is_multicast() const noexcept {
  if (!is_v4()) return bytes[0] == 0xff;
  return (bytes[12] & 0xf0) == 0xe0 || (bytes[12] & bytes[13] & bytes[14] & bytes[15]) == 0xff;
}

std::string_view Address::text_to(std::span<char, text_limit> room) const noexcept {
  const bool v4 = is_v4();
  inet_ntop(v4 ? AF_INET : AF_INET6, bytes.data() + (v4 ? mapped_prefix.size() : 0), room.data(), room.size());
  return room.data();
}

std::string Address::text() const {
  std::array<char, text_limit> room{};
  return std::string{text_to(room)};
}

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = Address::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const unsigned width = address->is_v4() && text.find(':') == std::string_view::npos ? 32 : 128;
  unsigned length = width;
  if (slash != std::string_view::npos) {
    const auto digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size() || length > width) return std::nullopt;
  }
  if (width == 32) length += mapped_bits;

  AddressRange range{*address, *address};
  for (unsigned bit = length; bit < 128; ++bit) {
    const auto mask = static_cast<std::uint8_t>(0x80U >> (bit % 8));
    if ((address->bytes[bit / 8] & mask) != 0) return std::nullopt;
    range.last.bytes[bit / 8] |= mask;
  }
  return range;
}

}  // namespace sluice
