#include "rules/policy/traffic_line.hh"

#include <array>

namespace sluice {

std::string_view text_of(TrafficAction action) noexcept {
  constexpr std::array<std::string_view, 3> actions{"exempt", "quarantine", "limit"};
  return actions[static_cast<std::size_t>(action)];
}

}  // namespace sluice
