// Timestamps of captures: how a file counts time, and what that is as a Tick.
#pragma once

#include <cstdint>

#include "dataplane/base/tick.hh"

namespace sluice {

// Resolutions as pcapng's if_tsresol writes them: digits after the second, or with the top bit set, binary digits.
constexpr std::uint8_t microsecond_resolution = 6;
constexpr std::uint8_t nanosecond_resolution = 9;
constexpr std::uint8_t binary_resolution = 0x80;

// Times before 1970 become 1970, times after this (the last whole second that a Tick holds, in 2262) become this.
constexpr std::int64_t capture_seconds_limit = 9'223'372'036;

struct CaptureClock {
  std::uint8_t resolution = microsecond_resolution;
  std::int64_t offset_seconds = 0;  // added to every time (if_tsoffset)

  // The time of a stamp, rounded down to a nanosecond.
  [[nodiscard]] Tick tick(std::uint64_t units) const noexcept;
  // The decimal resolution that loses nothing of such a Tick: this one, or nanoseconds where this one is finer or
  // binary.
  [[nodiscard]] std::uint8_t written_resolution() const noexcept;
};

constexpr std::uint64_t nanoseconds_a_second = 1'000'000'000;

// The stamp of a time at a resolution of 0 to 9 decimal digits, without an offset, rounded down.
[[nodiscard]] std::uint64_t capture_stamp(Tick time, std::uint8_t resolution) noexcept;
// Units a second at a resolution of 0 to 19 decimal digits.
[[nodiscard]] std::uint64_t decimal_units(std::uint8_t resolution) noexcept;

}  // namespace sluice
