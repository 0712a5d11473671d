#include "dataplane/wire/system_call_filter.hh"

#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstring>
#include <thread>

#include "tests/unit/in_child.hh"

using namespace sluice;

namespace {

// "NAME: what it returned", a line a call.
std::string outcome(const char* name, long result) {
  const int error = errno;
  return std::string{name} + ": " + (result >= 0 ? "done" : strerrorname_np(error)) + "\n";
}

std::string socket_outcome(const char* name, int family, int type, int protocol) {
  const int made = ::socket(family, type, protocol);
  auto said = outcome(name, made);
  if (made >= 0) ::close(made);
  return said;
}

// Each of these would be granted to root, or fail with another error than EPERM.
std::string what_a_tap_never_needs() {
  sockaddr_un nobody{AF_UNIX, "/nobody/listens/here"};
  bpf_attr attributes{};
  auto said = outcome("unshare", ::unshare(CLONE_FS)) + outcome("mount", ::mount("", "/nowhere", "tmpfs", 0, nullptr)) +
              outcome("ptrace", ::ptrace(PTRACE_TRACEME)) + outcome("keyctl", ::syscall(SYS_keyctl, 0, -3, 0)) +
              outcome("io_uring", ::syscall(SYS_io_uring_setup, 1, nullptr)) +
              outcome("setuid", ::syscall(SYS_setuid, ::getuid())) +
              outcome("bpf program", ::syscall(SYS_bpf, BPF_PROG_LOAD, &attributes, sizeof attributes)) +
              outcome("clone", ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr)) +
              socket_outcome("internet", AF_INET, SOCK_DGRAM, 0) +
              socket_outcome("internet 6", AF_INET6, SOCK_STREAM, 0) +
              socket_outcome("packets", AF_PACKET, SOCK_RAW, 0) + socket_outcome("XDP", AF_XDP, SOCK_RAW, 0) +
              socket_outcome("virtual machines", AF_VSOCK, SOCK_STREAM, 0) +
              socket_outcome("kernel's audit", AF_NETLINK, SOCK_RAW, NETLINK_AUDIT);
  const int client = ::socket(AF_UNIX, SOCK_STREAM, 0);
  said += outcome("connect", ::connect(client, reinterpret_cast<const sockaddr*>(&nobody), sizeof nobody));
  ::close(client);
  return said;
}

constexpr int refused_there = 15;

std::string all_refused() {
  std::string said;
  for (const char* name : {"unshare", "mount", "ptrace", "keyctl", "io_uring", "setuid", "bpf program", "clone",
                           "internet", "internet 6", "packets", "XDP", "virtual machines", "kernel's audit", "connect"})
    said += std::string{name} + ": EPERM\n";
  return said;
}

// Starts a program as the data plane starts the one that compiles; its wait status.
int status_of(std::string program, std::string argument) {
  char* const arguments[] = {program.data(), argument.data(), nullptr};
  char* const environment[] = {nullptr};
  pid_t child = 0;
  if (::posix_spawn(&child, program.c_str(), nullptr, nullptr, arguments, environment) != 0) return -1;
  int status = 0;
  return ::waitpid(child, &status, 0) == child ? status : -1;
}

// AddressSanitizer gives memory back when a thread ends, which a worker may not.
bool worker_filter_can_be_tried() {
#ifdef __SANITIZE_ADDRESS__
  BOOST_TEST_MESSAGE("SKIPPED under AddressSanitizer: its own calls at the end of a thread are refused");
  return false;
#else
  return true;
#endif
}

}  // namespace

BOOST_AUTO_TEST_SUITE(system_call_filter)

BOOST_AUTO_TEST_CASE(a_worker_makes_the_calls_of_the_drivers_and_no_others) {
  if (!worker_filter_can_be_tried()) return;
  const auto said = in_child([] {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends.data()) != 0) return std::string{"no sockets"};
    std::string inside;
    std::uint64_t counted = 0;
    std::thread thread{[&] {
      const bool entered = enter_worker_filter().has_value();
      char byte = 'x';
      pollfd watched{ends[1], POLLIN, 0};
      const bool drivers = ::sendto(ends[0], &byte, 1, 0, nullptr, 0) == 1 && ::poll(&watched, 1, 1000) == 1 &&
                           ::recvfrom(ends[1], &byte, 1, 0, nullptr, nullptr) == 1;
      const auto before = refused_system_calls();
      inside = outcome("entered", entered ? 0 : -1) + outcome("drivers", drivers ? 0 : -1) +
               outcome("open", ::open("/etc/passwd", O_RDONLY)) + outcome("socket", ::socket(AF_UNIX, SOCK_STREAM, 0)) +
               outcome("execve", ::syscall(SYS_execve, "/bin/true", nullptr, nullptr));
      counted = refused_system_calls() - before;
    }};
    thread.join();
    // The others are as free as before.
    return inside + outcome("open by another", ::open("/etc/passwd", O_RDONLY)) + std::to_string(counted) + " counted";
  });
  BOOST_TEST(
      said.value_or("died") ==
      "entered: done\ndrivers: done\nopen: EPERM\nsocket: EPERM\nexecve: EPERM\nopen by another: done\n3 counted");
}

BOOST_AUTO_TEST_CASE(no_thread_gets_what_a_tap_never_needs) {
  const auto said = in_child([] {
    std::atomic<bool> entered{false};
    std::string elder;
    std::thread thread{[&] {  // older than the filter
      entered.wait(false);
      elder = what_a_tap_never_needs();
    }};
    const auto filter = enter_process_filter(FilteredProgram::data_plane);
    entered = true;
    entered.notify_one();
    thread.join();
    if (!filter) return filter.error();
    const auto own = what_a_tap_never_needs();
    std::string younger;
    std::thread{[&] { younger = what_a_tap_never_needs(); }}.join();
    return elder + own + younger + std::to_string(refused_system_calls()) + " counted";
  });
  BOOST_TEST(said.value_or("died") ==
             all_refused() + all_refused() + all_refused() + std::to_string(3 * refused_there) + " counted");
}

BOOST_AUTO_TEST_CASE(what_the_data_plane_does_while_it_runs_goes_on_uncounted) {
  if (!worker_filter_can_be_tried()) return;
  const auto said = in_child([] {
    if (const auto entered = enter_process_filter(FilteredProgram::data_plane); !entered) return entered.error();
    bpf_attr attributes{};
    const int file = ::open("/etc/passwd", O_RDONLY);
    auto lines = outcome("open", file) + socket_outcome("commands", AF_UNIX, SOCK_SEQPACKET, 0) +
                 socket_outcome("interfaces", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE) +
                 outcome("bpf map", ::syscall(SYS_bpf, BPF_MAP_DELETE_ELEM, &attributes, sizeof attributes));
    ::close(file);
    lines += "program " + std::to_string(status_of("/bin/true", ""));
    std::thread{[&] {  // a thread is made, and enters its own filter beside that of the process
      const auto entered = enter_worker_filter();
      const auto counted = refused_system_calls();
      lines += ", worker " + (entered ? "entered" : entered.error()) + ", " + std::to_string(counted) + " counted";
    }}
        .join();
    return lines;
  });
  // A map that nobody has opened: the kernel's own answer to descriptor 0, or to who has no right to ask.
  const auto text = said.value_or("died");
  BOOST_TEST_CONTEXT(text) {
    BOOST_TEST(text.starts_with("open: done\ncommands: done\ninterfaces: done\nbpf map: E"));
    BOOST_TEST(text.ends_with("program 0, worker entered, 0 counted"));
  }
}

BOOST_AUTO_TEST_CASE(the_guard_finds_maps_and_links_and_makes_none) {
  const auto said = in_child([] {
    if (const auto entered = enter_process_filter(FilteredProgram::guard); !entered) return entered.error();
    for (const auto command : {BPF_MAP_GET_FD_BY_ID, BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID}) {
      bpf_attr attributes{};
      (void)::syscall(SYS_bpf, command, &attributes, sizeof attributes);
    }
    const auto counted = std::to_string(refused_system_calls());
    for (const auto command : {BPF_MAP_CREATE, BPF_MAP_UPDATE_ELEM, BPF_PROG_LOAD, BPF_LINK_CREATE}) {
      bpf_attr attributes{};
      (void)::syscall(SYS_bpf, command, &attributes, sizeof attributes);
    }
    return counted + " and " + std::to_string(refused_system_calls());
  });
  BOOST_TEST(said.value_or("died") == "0 and 4");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_started_gets_no_more_and_dies_of_it) {
  const auto said = in_child([] {
    if (const auto entered = enter_process_filter(FilteredProgram::data_plane); !entered) return entered.error();
    const int status = status_of("/usr/bin/unshare", "--user");  // it has no handler that would make it EPERM
    return std::string{WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "lives"};
  });
  BOOST_TEST(said.value_or("died") == "Bad system call");
}

BOOST_AUTO_TEST_SUITE_END()
