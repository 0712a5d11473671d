// Universally unique identifiers (RFC 9562).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};

  // The 8-4-4-4-12 form of RFC 9562 section 4, either case; nothing for any other text.
  [[nodiscard]] static std::optional<Uuid> parse(std::string_view text) noexcept;
  // Version 4 (RFC 9562 section 5.4), from the kernel's random numbers.
  [[nodiscard]] static Uuid random();
  // Version 5 (RFC 9562 section 5.5): the same name in the same name space is always the same id.
  [[nodiscard]] static Uuid named(const Uuid& name_space, std::string_view name);

  // Lower case, with hyphens.
  [[nodiscard]] std::string text() const;

  auto operator<=>(const Uuid&) const noexcept = default;
};

}  // namespace sluice
