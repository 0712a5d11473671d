// What an account may do. No role holds all: who changes rules sees no findings, and who makes accounts neither.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

enum class Role : std::uint8_t { metrics, operating, analyst, privacy, auditor, admin };
constexpr std::array<std::string_view, 6> role_names{"metrics", "operator", "analyst", "privacy", "auditor", "admin"};

[[nodiscard]] constexpr std::string_view name_of(Role role) noexcept {
  return role_names[static_cast<std::size_t>(role)];
}
[[nodiscard]] std::optional<Role> role_from(std::string_view name) noexcept;

class RoleSet {
 public:
  constexpr RoleSet() = default;
  template <class... Roles>
  constexpr explicit RoleSet(Role first, Roles... others) noexcept {
    add(first);
    (add(others), ...);
  }
  [[nodiscard]] static constexpr RoleSet all() noexcept {
    RoleSet roles;
    roles.bits_ = (1U << role_names.size()) - 1;
    return roles;
  }

  constexpr void add(Role role) noexcept {
    bits_ = static_cast<std::uint8_t>(bits_ | 1U << static_cast<unsigned>(role));
  }
  [[nodiscard]] constexpr bool has(Role role) const noexcept {
    return ((bits_ >> static_cast<unsigned>(role)) & 1U) != 0;
  }
  [[nodiscard]] constexpr bool meets(RoleSet other) const noexcept { return (bits_ & other.bits_) != 0; }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  constexpr bool operator==(const RoleSet&) const = default;

  // "analyst, auditor"
  [[nodiscard]] std::string text() const;

 private:
  std::uint8_t bits_ = 0;
};

}  // namespace sluice
