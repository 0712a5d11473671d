#include "dataplane/wire/system_call_filter.hh"

#include <linux/bpf.h>
#include <linux/netlink.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/socket.h>
#include <ucontext.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <span>

namespace sluice {
namespace {

// --- a worker: a list of what it may

// Seen with strace while traffic flows: net_af_xdp makes sendto, recvfrom and poll, net_af_packet sendto and poll.
constexpr std::array worker_calls{
    SCMP_SYS(sendto), SCMP_SYS(recvfrom), SCMP_SYS(poll), SCMP_SYS(ppoll),  // glibc's poll() on some architectures
    SCMP_SYS(restart_syscall),                                              // a poll that a signal has interrupted
    SCMP_SYS(clock_gettime),                                                // where the vDSO cannot read the clock
    SCMP_SYS(rt_sigreturn),                                                 // the end of a signal handler
    SCMP_SYS(ftruncate),  // shared memory that was cut short gets its length back (mapping_guard.hh)
    // DPDK tells the main core that a worker has ended, and waits for the next order, by pipes.
    SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit), SCMP_SYS(exit_group)};

// --- the others: a list of what they may not
//
// What they need is not a list that would last: what opens files and memory, starts a program and makes threads differs
// between versions of libc, and with PCI ports it is up to a driver of DPDK's. What a tap never needs is the same
// everywhere.

constexpr std::array refused_calls{
    // other processes
    SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(process_madvise),
    SCMP_SYS(pidfd_getfd), SCMP_SYS(kcmp),
    // to be heard or to speak: who asks connects to us, and what the machine's services would do for root is not ours
    SCMP_SYS(connect),
    // another world: users, namespaces, file systems
    SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
    SCMP_SYS(setresgid), SCMP_SYS(setfsuid), SCMP_SYS(setfsgid), SCMP_SYS(setgroups), SCMP_SYS(unshare),
    SCMP_SYS(setns), SCMP_SYS(chroot), SCMP_SYS(pivot_root), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(fsopen),
    SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick), SCMP_SYS(open_tree), SCMP_SYS(move_mount),
    SCMP_SYS(mount_setattr), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(quotactl), SCMP_SYS(quotactl_fd),
    SCMP_SYS(name_to_handle_at), SCMP_SYS(open_by_handle_at), SCMP_SYS(fanotify_init), SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    // the machine
    SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(init_module), SCMP_SYS(finit_module),
    SCMP_SYS(delete_module), SCMP_SYS(reboot), SCMP_SYS(acct), SCMP_SYS(syslog), SCMP_SYS(iopl), SCMP_SYS(ioperm),
    SCMP_SYS(settimeofday), SCMP_SYS(clock_settime), SCMP_SYS(clock_adjtime), SCMP_SYS(adjtimex), SCMP_SYS(sethostname),
    SCMP_SYS(setdomainname),
    // parts of the kernel that are large, often attacked, and not for us
    SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(keyctl), SCMP_SYS(userfaultfd), SCMP_SYS(perf_event_open),
    SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register), SCMP_SYS(personality),
    SCMP_SYS(modify_ldt), SCMP_SYS(vm86), SCMP_SYS(vm86old), SCMP_SYS(uselib), SCMP_SYS(lookup_dcookie)};

// Of families of sockets: the command socket, and what asks the kernel about interfaces. A port that closes its
// AF_XDP socket takes its program off by netlink; none can be opened any more.
constexpr std::array allowed_families{AF_UNIX, AF_NETLINK};

// What net_af_xdp needs of bpf(2) to close a port: entries of maps that it has open.
constexpr std::array allowed_bpf_commands{
    static_cast<int>(BPF_MAP_LOOKUP_ELEM), static_cast<int>(BPF_MAP_UPDATE_ELEM), static_cast<int>(BPF_MAP_DELETE_ELEM),
    static_cast<int>(BPF_PROG_GET_FD_BY_ID), static_cast<int>(BPF_OBJ_GET_INFO_BY_FD)};
// What sluice-guard needs: the maps and links of programs that run, as well.
constexpr std::array guard_bpf_commands{
    static_cast<int>(BPF_MAP_DELETE_ELEM),   static_cast<int>(BPF_PROG_GET_FD_BY_ID),
    static_cast<int>(BPF_MAP_GET_FD_BY_ID),  static_cast<int>(BPF_OBJ_GET_INFO_BY_FD),
    static_cast<int>(BPF_LINK_GET_FD_BY_ID), static_cast<int>(BPF_LINK_GET_NEXT_ID)};

// In a namespace of users of its own a process has all capabilities again.
constexpr std::array namespace_flags{CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                     CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};

std::atomic<std::uint64_t> refused{0};  // of the process: a signal handler has no other way to reach it

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
  refused.fetch_add(1, std::memory_order_relaxed);
}

// What an argument has to be for a rule to hold. (libseccomp's own macros are C alone.)
scmp_arg_cmp argument(unsigned number, scmp_compare comparison, scmp_datum_t first, scmp_datum_t second = 0) {
  return {number, comparison, first, second};
}

// A filter while it is being written. The first error stays, and what comes after it does nothing.
class Filter {
 public:
  explicit Filter(std::uint32_t otherwise) : filter_(seccomp_init(otherwise), seccomp_release) {
    if (filter_ == nullptr) step("no memory for it", -ENOMEM);
    set("calls in another form (32-bit, x32)", SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_TRAP);
  }

  void set(const char* what, scmp_filter_attr attribute, std::uint32_t value) {
    if (error_.empty()) step(what, seccomp_attr_set(filter_.get(), attribute, value));
  }

  void add(std::uint32_t action, int call, std::span<const scmp_arg_cmp> conditions = {}) {
    if (!error_.empty() || call < 0) return;  // below 0: this architecture has no such call
    step("a rule of it", seccomp_rule_add_array(filter_.get(), action, call, static_cast<unsigned>(conditions.size()),
                                                conditions.data()));
  }

  // Refuses a call unless its first argument is one of few. (A rule may test an argument only once, hence one rule a
  // value; those above all are refused in one, and so is a value whose upper half the kernel would not look at.)
  void allow_only(int call, std::span<const int> values) {
    const int most = *std::max_element(values.begin(), values.end());
    for (int value = 0; value < most; ++value)
      if (std::find(values.begin(), values.end(), value) == values.end())
        add(SCMP_ACT_TRAP, call, std::array{argument(0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(value))});
    add(SCMP_ACT_TRAP, call, std::array{argument(0, SCMP_CMP_GT, static_cast<scmp_datum_t>(most))});
  }

  [[nodiscard]] tl::expected<void, std::string> enter() {
    struct sigaction action {};
    action.sa_sigaction = refuse;
    action.sa_flags = SA_SIGINFO;
    if (error_.empty() && ::sigaction(SIGSYS, &action, nullptr) != 0) step("its signal", -errno);
    if (error_.empty()) step("the kernel does not take it", seccomp_load(filter_.get()));
    if (!error_.empty()) return tl::unexpected(error_);
    return {};
  }

 private:
  void step(const char* what, int error) {
    if (error != 0) error_ = std::string{what} + ": " + std::strerror(-error);
  }

  std::unique_ptr<void, decltype(&seccomp_release)> filter_;
  std::string error_;
};

}  // namespace

tl::expected<void, std::string> enter_process_filter(FilteredProgram program) {
  Filter filter{SCMP_ACT_ALLOW};
  filter.set("all threads at once", SCMP_FLTATR_CTL_TSYNC, 1);
  for (const auto call : refused_calls) filter.add(SCMP_ACT_TRAP, call);
  filter.allow_only(SCMP_SYS(socket), allowed_families);
  filter.add(SCMP_ACT_TRAP, SCMP_SYS(socket),
             std::array{argument(0, SCMP_CMP_EQ, AF_NETLINK), argument(2, SCMP_CMP_NE, NETLINK_ROUTE)});
  if (program == FilteredProgram::guard)
    filter.allow_only(SCMP_SYS(bpf), guard_bpf_commands);
  else
    filter.allow_only(SCMP_SYS(bpf), allowed_bpf_commands);
  for (const scmp_datum_t flag : namespace_flags)
    filter.add(SCMP_ACT_TRAP, SCMP_SYS(clone), std::array{argument(0, SCMP_CMP_MASKED_EQ, flag, flag)});
  // Its flags lie in memory, where a filter cannot look. Libc asks for it first with each thread, and takes clone(2)
  // where the kernel has none: so it is not counted.
  filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  return filter.enter();
}

tl::expected<void, std::string> enter_worker_filter() {
  Filter filter{SCMP_ACT_TRAP};
  filter.set("one thread alone", SCMP_FLTATR_CTL_TSYNC, 0);
  for (const auto call : worker_calls) filter.add(SCMP_ACT_ALLOW, call);
  return filter.enter();
}

std::uint64_t refused_system_calls() noexcept { return refused.load(std::memory_order_relaxed); }

}  // namespace sluice
