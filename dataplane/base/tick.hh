// Time on the packet path: nanoseconds since 1970, read once a burst (inline) or taken from the capture (replay).
// Nothing below the worker reads a clock.
#pragma once

#include <chrono>
#include <cstdint>

namespace sluice {

using Duration = std::chrono::nanoseconds;

struct TickClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<TickClock>;
  static constexpr bool is_steady = false;
};

using Tick = TickClock::time_point;

[[nodiscard]] constexpr Tick tick_from_nanoseconds(std::int64_t since_epoch) noexcept {
  return Tick{Duration{since_epoch}};
}
[[nodiscard]] constexpr std::int64_t nanoseconds_since_epoch(Tick tick) noexcept {
  return tick.time_since_epoch().count();
}

}  // namespace sluice
