// Whether the tap inspects, as it is told to people and machines: the states of a data plane, and that there is none.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

// What a control plane says while no data plane runs.
constexpr std::string_view absent_state = "absent";

struct TapCoverage {
  std::string_view state = absent_state;  // name_of() a TapState, or that
  std::string reason;                     // empty where all is well
  std::int64_t since_ns = 0;              // since 1970
  std::uint32_t generation = 0;

  [[nodiscard]] bool is_as(const TapCoverage& other) const noexcept {
    return state == other.state && reason == other.reason;
  }
};

// States are written in capitals where people read them.
[[nodiscard]] inline std::string state_text(std::string_view name) {
  std::string text{name};
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

}  // namespace sluice
