#include "dataplane/worker_filter.hh"

#include <seccomp.h>
#include <signal.h>
#include <ucontext.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace sluice {
namespace {

// Seen with strace while traffic flows: net_af_xdp makes sendto, recvfrom and poll, net_af_packet sendto and poll.
constexpr std::array allowed_calls{
    SCMP_SYS(sendto), SCMP_SYS(recvfrom), SCMP_SYS(poll), SCMP_SYS(ppoll),  // glibc's poll() on some architectures
    SCMP_SYS(restart_syscall),                                              // a poll that a signal has interrupted
    SCMP_SYS(clock_gettime),                                                // where the vDSO cannot read the clock
    SCMP_SYS(rt_sigreturn),                                                 // the end of a signal handler
    // DPDK tells the main core that a worker has ended, and waits for the next order, by pipes.
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit), SCMP_SYS(exit_group)};

// Of the process: a signal handler has no other way to reach it.
std::atomic<std::uint64_t>* refused_calls = nullptr;

// The kernel has left the call out; what is set here is what it returns (seccomp(2), SECCOMP_RET_TRAP).
void refuse(int, siginfo_t*, void* context) {
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  registers.gregs[REG_RAX] = -EPERM;
#elif defined(__aarch64__)
  registers.regs[0] = static_cast<unsigned long long>(-EPERM);
#else
#error "where does this architecture return the result of a system call?"
#endif
  refused_calls->fetch_add(1, std::memory_order_relaxed);
}

tl::unexpected<std::string> failure(const char* step, int code) {
  return tl::unexpected(std::string{step} + ": " + std::strerror(code < 0 ? -code : code));
}

}  // namespace

void count_refused_calls(std::atomic<std::uint64_t>& counter) noexcept {
  refused_calls = &counter;
  struct sigaction action {};
  action.sa_sigaction = refuse;
  action.sa_flags = SA_SIGINFO;
  (void)::sigaction(SIGSYS, &action, nullptr);
}

tl::expected<void, std::string> enter_worker_filter() {
  const std::unique_ptr<void, decltype(&seccomp_release)> filter{seccomp_init(SCMP_ACT_TRAP), seccomp_release};
  if (filter == nullptr) return tl::unexpected(std::string{"no memory for it"});
  if (const int error = seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 0); error != 0)
    return failure("cannot keep it to one thread", error);
  for (const auto call : allowed_calls)
    if (const int error = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0); error != 0)
      return failure("cannot allow a call", error);
  if (const int error = seccomp_load(filter.get()); error != 0) return failure("the kernel does not take it", error);
  return {};
}

}  // namespace sluice
