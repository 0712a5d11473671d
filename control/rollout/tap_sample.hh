// What a push is judged by: one look at how the tap does.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "control/tap/event_loop.hh"

namespace sluice {

struct TapSample {
  using Clock = std::chrono::steady_clock;

  Clock::time_point at{};
  std::uint64_t epoch = 0;  // of the data plane; 0: there is none
  bool is_stopped = false;  // it ended as asked
  bool is_uninspected = false;
  std::string reason;             // of the state
  std::uint64_t received = 0;     // packets, all workers and ports
  std::uint64_t lost = 0;         // of them, that the other port did not take
  std::uint64_t unaccounted = 0;  // of all: neither forwarded nor dropped, or left uncounted
  std::uint64_t busy_cycles = 0;  // of workers, in turns that brought packets
  std::uint64_t events_lost = 0;
};

[[nodiscard]] TapSample sample_of(const LoopStatus& status, TapSample::Clock::time_point now);

}  // namespace sluice
