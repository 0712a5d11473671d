#include "rules/databases/compile_sandbox.hh"

#include <fmt/format.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "rules/databases/databases.hh"

namespace sluice {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

// Reading and writing what is open, memory, and the C library's own needs; as strace shows for compilations from one
// pattern to 100,000, and for those that fail.
constexpr int allowed_calls[] = {
    SCMP_SYS(read),  SCMP_SYS(pread64),    SCMP_SYS(write),        SCMP_SYS(fstat),         SCMP_SYS(newfstatat),
    SCMP_SYS(lseek), SCMP_SYS(munmap),     SCMP_SYS(mremap),       SCMP_SYS(brk),           SCMP_SYS(madvise),
    SCMP_SYS(futex), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(clock_gettime), SCMP_SYS(getrandom)};
// What AddressSanitizer, where the program is built with it, does at the end.
constexpr int sanitizer_call = SCMP_SYS(sigaltstack);
// Memory may be had, but none that can be executed: what is not in the program cannot be run.
constexpr int calls_with_protection[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
constexpr unsigned protection_argument = 2;

struct Limit {
  __rlimit_resource resource;
  rlim_t value;
  const char* name;
};
constexpr Limit limits[] = {
    {RLIMIT_AS, compile_address_space, "address space"},
    {RLIMIT_CPU, compile_cpu_time, "CPU time"},
    {RLIMIT_FSIZE, databases_file_limit, "file size"},
    {RLIMIT_CORE, 0, "core dump"},
    {RLIMIT_NPROC, 0, "processes"},
    {RLIMIT_NOFILE, 0, "open files"},
};

tl::unexpected<std::string> refused(const std::string& what, int error, const char* remedy) {
  return tl::unexpected(fmt::format("no sandbox: the kernel refused {} ({}); {}", what, std::strerror(error), remedy));
}

tl::expected<void, std::string> close_others(std::span<const int> descriptors) {
  std::vector<int> kept{descriptors.begin(), descriptors.end()};
  kept.push_back(STDERR_FILENO);
  std::sort(kept.begin(), kept.end());
  unsigned next = 0;
  for (const int descriptor : kept) {
    const auto number = static_cast<unsigned>(descriptor);
    if (number > next && ::close_range(next, number - 1, 0) != 0)
      return refused("close_range", errno, "Linux 5.9 or later is needed");
    next = number + 1;
  }
  if (::close_range(next, std::numeric_limits<unsigned>::max(), 0) != 0)
    return refused("close_range", errno, "Linux 5.9 or later is needed");
  return {};
}

tl::expected<void, std::string> set_limits() {
  for (const auto& limit : limits) {
    if (sanitized && limit.resource == RLIMIT_AS) continue;  // its shadow memory alone is 16 TiB of addresses
    struct rlimit now {};
    if (::getrlimit(limit.resource, &now) != 0) return refused(fmt::format("limit \"{}\"", limit.name), errno, "");
    const rlim_t value = std::min(limit.value, now.rlim_max);  // a stricter one that was inherited stands
    // At the softer bound of the CPU time comes SIGXCPU, at the harder, a second later, SIGKILL: only the first has a
    // name.
    const rlim_t hard = limit.resource == RLIMIT_CPU ? std::min(value + 1, now.rlim_max) : value;
    const struct rlimit wanted { value, hard };
    if (::setrlimit(limit.resource, &wanted) != 0)
      return refused(fmt::format("limit \"{}\" of {}", limit.name, value), errno,
                     "give the process its default limits");
  }
  return {};
}

tl::expected<void, std::string> set_filter() {
  const char* const remedy =
      "allow the seccomp system call: in a container its own profile must not forbid it (the usual ones do not)";
  const std::unique_ptr<void, decltype(&seccomp_release)> filter{seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release};
  // Libseccomp asks the kernel first whether it can end a process by a filter (Linux 4.14).
  if (!filter) return refused("the filter of system calls", EPERM, remedy);
  const scmp_arg_cmp executable_is_off{protection_argument, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  // Calls in another form (32-bit, x32) too.
  int status = seccomp_attr_set(filter.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
  for (const int call : allowed_calls)
    if (status == 0) status = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0);
  if (sanitized && status == 0) status = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, sanitizer_call, 0);
  for (const int call : calls_with_protection)
    if (status == 0) status = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, executable_is_off);
  if (status == 0) status = seccomp_load(filter.get());
  if (status != 0) return refused("the filter of system calls", -status, remedy);
  return {};
}

}  // namespace

tl::expected<void, std::string> enter_compile_sandbox(std::span<const int> descriptors) {
  if (auto closed = close_others(descriptors); !closed) return closed;
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    return refused("\"no new privileges\"", errno, "Linux 3.5 or later is needed");
  if (auto limited = set_limits(); !limited) return limited;
  return set_filter();
}

}  // namespace sluice
