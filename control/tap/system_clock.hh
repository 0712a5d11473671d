// What the machine's own clock is worth as evidence.
#pragma once

#include <cstdint>
#include <string>

#include "control/eve/eve.hh"

namespace sluice {

// A clock that shows a time before this was never set: no release of this program is older. 2026-01-01, Unix seconds.
constexpr std::int64_t clock_set_since = 1'767'225'600;

// By adjtimex(2): `result` is what it returned, `status` the bits of timex.status. `now`: Unix seconds.
[[nodiscard]] ClockState clock_state_of(std::int64_t now, int result, int status) noexcept;

// As the kernel says it now. NTP and PTP look alike to it, so a clock that is kept in step by either is `ntp`.
[[nodiscard]] ClockState system_clock_state() noexcept;

// What it shows now.
[[nodiscard]] Tick wall_time();

// Which start of the machine its times belong to (random_boot_id of Linux); empty where the kernel does not say.
[[nodiscard]] std::string boot_id();

}  // namespace sluice
