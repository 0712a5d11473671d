#include "control/store/finding_state.hh"

#include <algorithm>

namespace sluice {

bool is_finding_state(std::string_view text) noexcept {
  return std::find(finding_states.begin(), finding_states.end(), text) != finding_states.end();
}

}  // namespace sluice
