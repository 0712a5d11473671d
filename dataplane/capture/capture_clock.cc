#include "dataplane/capture/capture_clock.hh"

#include <algorithm>

namespace sluice {
namespace {

// 64 bits of stamp times nanoseconds do not fit in 64 bits.
__extension__ using Wide = __int128;

constexpr std::uint8_t most_decimal_digits = 19;  // 10^19 is the last power of ten in 64 bits

Wide in_nanoseconds(std::uint64_t units, std::uint8_t resolution) noexcept {
  const auto wide = static_cast<Wide>(units);
  if ((resolution & binary_resolution) != 0) {
    // 2^64 * 10^9 < 2^94, and the shift is at most 127.
    return wide * nanoseconds_a_second >> (resolution & ~binary_resolution);
  }
  if (resolution <= nanosecond_resolution) return wide * decimal_units(nanosecond_resolution - resolution);
  const int finer = resolution - nanosecond_resolution;
  return finer > most_decimal_digits ? 0 : wide / decimal_units(static_cast<std::uint8_t>(finer));
}

}  // namespace

std::uint64_t decimal_units(std::uint8_t resolution) noexcept {
  std::uint64_t units = 1;
  for (std::uint8_t digit = 0; digit < resolution; ++digit) units *= 10;
  return units;
}

Tick CaptureClock::tick(std::uint64_t units) const noexcept {
  constexpr Wide last = Wide{capture_seconds_limit} * nanoseconds_a_second;
  const Wide since_epoch = in_nanoseconds(units, resolution) + Wide{offset_seconds} * nanoseconds_a_second;
  return tick_from_nanoseconds(static_cast<std::int64_t>(std::clamp(since_epoch, Wide{0}, last)));
}

std::uint8_t CaptureClock::written_resolution() const noexcept { return std::min(resolution, nanosecond_resolution); }

std::uint64_t capture_stamp(Tick time, std::uint8_t resolution) noexcept {
  const auto since_epoch = std::max<std::int64_t>(nanoseconds_since_epoch(time), 0);
  return static_cast<std::uint64_t>(since_epoch) / decimal_units(nanosecond_resolution - resolution);
}

}  // namespace sluice
