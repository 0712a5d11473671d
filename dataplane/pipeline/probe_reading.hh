// What a worker's known-answer probes came to, as it shows it in shared memory.
#pragma once

#include <cstdint>

namespace sluice {

// What did not answer as it must. Numbers stand in shared memory.
enum class ProbeFault : std::uint32_t {
  none = 0,
  name = 1,      // the name of the look-up was not found
  address = 2,   // nor the address that it was sent to
  patterns = 3,  // the scan of a database did not find a pattern of its own
};

// worker: wo; main, control: ro
struct ProbeReading {
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;
  std::int64_t success_ns = 0;           // of the last one that succeeded, since 1970; 0 = none yet
  std::uint32_t success_generation = 0;  // whose rules it found
  ProbeFault fault{};                    // of the last one
  std::uint32_t database = 0;            // where that is `patterns`: number of the buffer, buffer_count = streams
};

}  // namespace sluice
