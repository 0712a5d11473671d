#include "tests/bench/instructions.hh"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sluice::bench {

InstructionCounter::~InstructionCounter() {
  if (is_open()) ::close(descriptor_);
}

void InstructionCounter::open() noexcept {  // perf_event_open(2)
  perf_event_attr wanted{};
  wanted.size = sizeof wanted;
  wanted.type = PERF_TYPE_HARDWARE;
  wanted.config = PERF_COUNT_HW_INSTRUCTIONS;
  wanted.exclude_kernel = 1;
  wanted.exclude_hv = 1;
  constexpr int this_thread = 0, any_cpu = -1, no_group = -1;
  descriptor_ =
      static_cast<int>(::syscall(SYS_perf_event_open, &wanted, this_thread, any_cpu, no_group, PERF_FLAG_FD_CLOEXEC));
}

std::uint64_t InstructionCounter::read() const noexcept {
  std::uint64_t count = 0;
  if (!is_open() || ::read(descriptor_, &count, sizeof count) != sizeof count) return 0;
  return count;
}

}  // namespace sluice::bench
