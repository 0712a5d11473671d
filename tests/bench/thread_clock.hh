// Time that this thread had the CPU: others may run on the machine.
#pragma once

#include <time.h>

namespace sluice::bench {

[[nodiscard]] inline double thread_nanoseconds() noexcept {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

}  // namespace sluice::bench
