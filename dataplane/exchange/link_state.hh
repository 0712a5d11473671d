// What the tap holds of the link of a port whose loss is passed on.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sluice {

// Numbers stand in shared memory.
enum class LinkState : std::uint8_t {
  unwatched,   // links of its pair are not looked at (port_pairs[].link_loss_forwarding)
  training,    // it was just set up, and has not come yet
  up,          // it has been so for link_hold_ms
  lost,        // likewise
  taken_down,  // by us, since the other side's is lost
};
constexpr std::array<std::string_view, 5> link_state_names{"unwatched", "training", "up", "lost", "taken-down"};

}  // namespace sluice
