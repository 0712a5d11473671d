#include "control/commands/end_signals.hh"

namespace sluice {

EndSignals::EndSignals() noexcept {
  ::sigemptyset(&signals_);
  ::sigaddset(&signals_, SIGINT);
  ::sigaddset(&signals_, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

bool EndSignals::ask(std::chrono::milliseconds wait) const noexcept {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(wait);
  const timespec limit{seconds.count(), std::chrono::nanoseconds{wait - seconds}.count()};
  return ::sigtimedwait(&signals_, nullptr, &limit) > 0;
}

}  // namespace sluice
