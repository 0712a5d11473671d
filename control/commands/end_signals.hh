// SIGINT and SIGTERM, with which a command that follows the tap is ended.
#pragma once

#include <signal.h>

#include <chrono>

namespace sluice {

// Keeps them from this thread and from those that it starts; they wait for ask().
class EndSignals {
 public:
  EndSignals() noexcept;

  // Waits so long for one of them; true where it came.
  [[nodiscard]] bool ask(std::chrono::milliseconds wait) const noexcept;

 private:
  sigset_t signals_;
};

}  // namespace sluice
