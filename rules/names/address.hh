// An IP address of either family in one ordered, fixed-size value, and ranges of them.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

// 16 bytes in network order; IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2), so that one sorted array of
// intervals serves both families.
struct Address {
  std::array<std::uint8_t, 16> bytes{};

  [[nodiscard]] static Address v4(std::span<const std::uint8_t, 4> network_order) noexcept;
  [[nodiscard]] static Address v6(std::span<const std::uint8_t, 16> network_order) noexcept;
  // Dotted decimal or RFC 4291 text, without brackets, zone or prefix length; nothing for any other text.
  [[nodiscard]] static std::optional<Address> parse(std::string_view text) noexcept;

  [[nodiscard]] bool is_v4() const noexcept;
  // RFC 1918, RFC 6598 (carrier NAT), RFC 4193, and link-local of both families.
  [[nodiscard]] bool is_private() const noexcept;
  // Multicast of both families, and 255.255.255.255.
  [[nodiscard]] bool is_multicast() const noexcept;
  // RFC 5952 text, at most text_limit - 1 characters; text_to() writes it into the caller's room, without allocation.
  static constexpr std::size_t text_limit = 46;  // INET6_ADDRSTRLEN
  [[nodiscard]] std::string_view text_to(std::span<char, text_limit> room) const noexcept;
  [[nodiscard]] std::string text() const;

  auto operator<=>(const Address&) const noexcept = default;
};

// All addresses from first to last, both included.
struct AddressRange {
  Address first;
  Address last;

  // "192.0.2.0/24", "2001:db8::/32" or a single address. Host bits must be zero: a prefix with host bits is
  // more often a typing error than a wish.
  [[nodiscard]] static std::optional<AddressRange> parse(std::string_view text);
  [[nodiscard]] bool contains(const Address& address) const noexcept { return first <= address && address <= last; }

  auto operator<=>(const AddressRange&) const noexcept = default;
};

}  // namespace sluice
