#include "rules/policy/traffic_line.hh"

#include <array>

namespace sluice {

std::string_view text_of(TrafficAction action) noexcept {
  constexpr std::array<std::string_view, 4> actions{"exempt", "quarantine", "limit", "strip_ech"};
  return actions[static_cast<std::size_t>(action)];
}

}  // namespace sluice
