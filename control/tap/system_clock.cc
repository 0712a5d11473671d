#include "control/tap/system_clock.hh"

#include <sys/timex.h>

#include <chrono>
#include <fstream>

#include "control/text/uuid.hh"

namespace sluice {

ClockState clock_state_of(std::int64_t now, int result, int status) noexcept {
  if (now < clock_set_since) return ClockState::unset;
  if (result < 0 || result == TIME_ERROR || (status & STA_UNSYNC) != 0) return ClockState::held;
  return ClockState::ntp;
}

ClockState system_clock_state() noexcept {
  timex asked{};  // modes 0: nothing is set
  const int result = ::adjtimex(&asked);
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return clock_state_of(std::chrono::duration_cast<std::chrono::seconds>(now).count(), result, asked.status);
}

Tick wall_time() {
  return Tick{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
}

std::string boot_id() {
  std::ifstream file{"/proc/sys/kernel/random/boot_id"};
  std::string text;
  std::getline(file, text);
  return Uuid::parse(text) ? text : std::string{};
}

}  // namespace sluice
