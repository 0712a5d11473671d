#include "dataplane/guard/sight.hh"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sluice {
namespace {

template <class Value>
bool read_at(const Descriptor& file, std::size_t offset, Value& value) noexcept {
  return ::pread(file.number(), &value, sizeof value, static_cast<off_t>(offset)) == sizeof value;
}

constexpr std::size_t worker_offset(std::uint32_t index) noexcept {
  return shared_page + consumer_page_size + index * sizeof(WorkerPage);
}

// Of proc_pid_stat(5), what follows the name of the program, which may hold anything: the third value and the others.
constexpr int flags_at = 9 - 3;
constexpr int signals_at = 31 - 3;
constexpr std::uint64_t is_exiting = 0x4;  // PF_EXITING of the kernel's sched.h
constexpr std::uint64_t is_killed = std::uint64_t{1} << (SIGKILL - 1);

}  // namespace

const Sight& SightOfDataPlane::look() noexcept {
  struct stat there {};
  const bool exists = ::stat(path_.c_str(), &there) == 0;
  if (exists && (!memory_.is_open() || there.st_ino != about_.st_ino || there.st_dev != about_.st_dev)) find();
  if (!memory_.is_open()) return sight_;
  if (sight_.workers == 0) read_header();
  if (process_.is_open()) {
    pollfd ended{process_.number(), POLLIN, 0};
    sight_.lives = ::poll(&ended, 1, 0) == 0;
  }
  for (std::uint32_t i = 0; i < sight_.workers; ++i) {
    // They lie side by side. What cannot be read stands still.
    static_assert(offsetof(WorkerPage, claim) - offsetof(WorkerPage, heartbeat) == offsetof(Sight::Worker, claim) &&
                  offsetof(WorkerPage, life) - offsetof(WorkerPage, heartbeat) == offsetof(Sight::Worker, life));
    (void)read_at(memory_, worker_offset(i) + offsetof(WorkerPage, heartbeat), sight_.worker[i]);
  }
  return sight_;
}

bool SightOfDataPlane::is_ending() const noexcept {
  std::array<char, 64> path{};
  std::array<char, 1024> text{};
  std::snprintf(path.data(), path.size(), "/proc/%u/stat", sight_.process);
  const Descriptor file{::open(path.data(), O_RDONLY | O_CLOEXEC)};
  const auto size = file.is_open() ? ::read(file.number(), text.data(), text.size() - 1) : -1;
  const auto* at = size > 0 ? std::strrchr(text.data(), ')') : nullptr;
  if (at == nullptr) return false;
  std::uint64_t flags = 0;
  std::uint64_t signals = 0;
  for (int field = 0; field <= signals_at && (at = std::strchr(at, ' ')) != nullptr; ++field) {
    ++at;
    if (field == flags_at) flags = std::strtoull(at, nullptr, 10);
    if (field == signals_at) signals = std::strtoull(at, nullptr, 10);
  }
  return (flags & is_exiting) != 0 || (signals & is_killed) != 0;
}

// A new file is a new start. (The old one stays open until then: at its end a data plane removes it before its ports.)
void SightOfDataPlane::find() noexcept {
  memory_ = Descriptor{::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!memory_.is_open() || ::fstat(memory_.number(), &about_) != 0) return;
  process_ = Descriptor{};
  const auto instance = sight_.instance + 1;
  sight_ = Sight{};
  sight_.instance = instance;
  sight_.lives = true;  // until more is known
}

// Once for each file: from when it is complete on, nothing of this is asked again.
void SightOfDataPlane::read_header() noexcept {
  std::uint32_t process = 0;
  if (sight_.process == 0 && read_at(memory_, offsetof(SharedHeader, process), process) && process != 0) {
    sight_.process = process;
    process_ = Descriptor{static_cast<int>(::syscall(SYS_pidfd_open, static_cast<pid_t>(process), 0))};
    sight_.lives = process_.is_open();
  }
  std::uint64_t magic = 0;
  std::uint32_t version = 0;
  std::uint32_t workers = 0;
  if (read_at(memory_, offsetof(SharedHeader, magic), magic) && magic == shared_magic &&
      read_at(memory_, offsetof(SharedHeader, version), version) && version == shared_version &&
      read_at(memory_, offsetof(SharedHeader, workers), workers) && workers >= 1 && workers <= workers_limit)
    sight_.workers = workers;
}

}  // namespace sluice
