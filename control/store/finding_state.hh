// What people make of a finding.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

// In the order in which a finding usually goes through them; any may follow any.
constexpr std::array<std::string_view, 6> finding_states{"new",      "triaged", "confirmed", "false-positive",
                                                         "accepted", "closed"};
[[nodiscard]] bool is_finding_state(std::string_view text) noexcept;

// What stays as it is has nothing.
struct FindingChange {
  static constexpr std::size_t text_limit = 2048;  // bytes of each

  std::optional<std::string> state;
  std::optional<std::string> owner;
  std::optional<std::string> ticket;
  std::optional<std::string> note;  // is added to those that are there
  std::string author;               // who changes it
};

}  // namespace sluice
