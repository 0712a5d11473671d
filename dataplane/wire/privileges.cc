#include "dataplane/wire/privileges.hh"

#include <linux/capability.h>
#include <linux/securebits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

namespace sluice {
namespace {

constexpr Capabilities none = 0;
constexpr Capabilities kept_by_main = capability(CAP_NET_ADMIN);
constexpr int capability_numbers = 64;  // that fit the kernel's sets; it knows about 40
// Ignored where nobody handles it, so that one which comes late does no harm; DPDK and libc leave it alone.
constexpr int request_signal = SIGURG;
constexpr auto answer_limit = std::chrono::seconds{1};
constexpr auto look_interval = std::chrono::milliseconds{1};

// Root is a user like others, at exec too, and nothing can be put into the ambient set.
constexpr unsigned long secure_bits =
    SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

void answer_request(int) {
  const int before = errno;
  keep_capabilities(none);
  errno = before;
}

// Whether a thread, by its /proc/PID/task/TID/status, has more than it may keep. Not so for one that has ended.
bool has_too_much(const std::filesystem::path& thread, Capabilities kept) {
  std::ifstream status{thread / "status"};
  std::string line;
  while (std::getline(status, line)) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos) continue;
    const auto value = line.substr(tab + 1);
    if (line.starts_with("CapInh:") || line.starts_with("CapPrm:") || line.starts_with("CapEff:") ||
        line.starts_with("CapAmb:")) {
      Capabilities set = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), set, 16);
      if (error != std::errc{} || (set & ~kept) != 0) return true;
    } else if (line.starts_with("NoNewPrivs:") && value != "1") {
      return true;
    }
  }
  return false;
}

std::string name_of_thread(const std::filesystem::path& thread) {
  std::string name;
  std::getline(std::ifstream{thread / "comm"}, name);
  return name + " (" + thread.filename().string() + ")";
}

}  // namespace

// Runs in a signal handler, too. What fails is seen in /proc (has_too_much).
void keep_capabilities(Capabilities kept) noexcept {
  (void)::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  // These need CAP_SETPCAP. Who starts without it, and without being root, has little to lose by an exec: "no new
  // privileges" leaves the two of them nothing to do.
  for (int number = 0; number < capability_numbers; ++number) (void)::prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
  (void)::prctl(PR_SET_SECUREBITS, secure_bits, 0, 0, 0);
  (void)::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);

  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};  // of this thread
  std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> sets{};
  if (::syscall(SYS_capget, &header, sets.data()) != 0) return;
  for (std::size_t half = 0; half < sets.size(); ++half) {
    sets[half].permitted &= static_cast<std::uint32_t>(kept >> (32 * half));
    sets[half].effective = sets[half].permitted;
    sets[half].inheritable = 0;
  }
  (void)::syscall(SYS_capset, &header, sets.data());
}

void give_up_capabilities() noexcept { keep_capabilities(none); }

tl::expected<void, std::string> reduce_privileges() {
  namespace fs = std::filesystem;
  keep_capabilities(kept_by_main);

  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = answer_request;
  action.sa_flags = SA_RESTART;
  if (::sigaction(request_signal, &action, &before) != 0)
    return tl::unexpected(std::string{"cannot ask threads to give their capabilities up: "} + std::strerror(errno));
  const auto self = std::to_string(::gettid());
  const auto deadline = std::chrono::steady_clock::now() + answer_limit;
  for (;;) {
    std::error_code error;
    std::vector<fs::path> threads;
    for (fs::directory_iterator entry{"/proc/self/task", error}, end; !error && entry != end; entry.increment(error))
      if (has_too_much(entry->path(), entry->path().filename() == self ? kept_by_main : none))
        threads.push_back(entry->path());
    if (error) return tl::unexpected("cannot see in /proc/self/task who has given capabilities up: " + error.message());
    if (threads.empty()) break;
    if (std::chrono::steady_clock::now() > deadline)
      return tl::unexpected("thread " + name_of_thread(threads.front()) +
                            " does not give its capabilities up (does it block SIGURG?)");
    for (const auto& thread : threads)
      (void)::syscall(SYS_tgkill, ::getpid(), std::atoi(thread.filename().c_str()), request_signal);
    std::this_thread::sleep_for(look_interval);
  }
  (void)::sigaction(request_signal, &before, nullptr);
  return {};
}

}  // namespace sluice
