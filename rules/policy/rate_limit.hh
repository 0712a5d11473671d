// How much a device may send, and be sent.
#pragma once

#include <cstdint>

namespace sluice {

// Of each device, in each direction apart.
struct RateLimit {
  std::uint32_t id = 0;          // stays what it is while the line that has it keeps its name; 0: no limit
  std::uint32_t kbit_per_s = 0;  // of whole frames, without preamble and checksum; 1 kbit = 1,000 bits
};

}  // namespace sluice
