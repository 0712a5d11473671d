// What a worker leaves out while it cannot keep up, the dearest first; never the forwarding of a packet.
#pragma once

#include <cstdint>
#include <limits>

namespace sluice {

// Numbers stand in shared memory.
enum class Shed : std::uint8_t {
  nothing = 0,
  elephants = 1,   // clear text of flows with the most bytes is not searched
  large = 2,       // nor that of flows a sixteenth of their size
  payload = 3,     // nor that of any flow
  handshakes = 4,  // nor are flows read that begin now
};

struct Shedding {
  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();

  std::uint64_t payload_above = none;  // bytes of a flow: clear text of one with more is not searched
  bool handshakes = false;

  [[nodiscard]] constexpr bool skips_payload_of(std::uint64_t flow_bytes) const noexcept {
    return flow_bytes > payload_above;
  }

  // `elephant_bytes`: from there on a flow counts as one of the largest.
  [[nodiscard]] static constexpr Shedding at(Shed level, std::uint32_t elephant_bytes) noexcept {
    constexpr std::uint32_t smaller = 16;
    switch (level) {
      case Shed::nothing: return {};
      case Shed::elephants: return {elephant_bytes, false};
      case Shed::large: return {elephant_bytes / smaller, false};
      case Shed::payload: return {0, false};
      case Shed::handshakes: return {0, true};
    }
    return {};
  }
};

}  // namespace sluice
