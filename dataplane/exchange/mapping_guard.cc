#include "dataplane/exchange/mapping_guard.hh"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace sluice {

// `size` is written last and cleared first: a slot of size 0 guards nothing.
struct MappingGuard::Slot {
  std::atomic<bool> taken{false};
  std::atomic<std::uintptr_t> base{0};
  std::atomic<std::size_t> file_size{0};
  std::atomic<int> file{-1};
  std::atomic<std::size_t> size{0};
};

namespace {

std::array<MappingGuard::Slot, MappingGuard::limit> slots;  // of the process: a signal handler has no other way to them

// Gives the file its length back; the access is then tried again (ftruncate(2) may be called in a signal handler).
bool restore(std::uintptr_t address) noexcept {
  for (auto& slot : slots) {
    const auto size = slot.size.load(std::memory_order_acquire);
    const auto base = slot.base.load(std::memory_order_relaxed);
    if (address < base || address - base >= size) continue;
    return ::ftruncate(slot.file.load(std::memory_order_relaxed),
                       static_cast<off_t>(slot.file_size.load(std::memory_order_relaxed))) == 0;
  }
  return false;
}

void on_bus_error(int, siginfo_t* info, void*) {
  const int error = errno;
  if (!restore(reinterpret_cast<std::uintptr_t>(info->si_addr))) ::signal(SIGBUS, SIG_DFL);  // it comes again
  errno = error;
}

tl::unexpected<std::string> failure(const char* what) {
  return tl::unexpected(std::string{what} + ": " + std::strerror(errno));
}

}  // namespace

tl::expected<MappingGuard, std::string> MappingGuard::make(int file, const void* base, std::size_t size,
                                                           std::size_t file_size) {
  for (auto& slot : slots) {
    if (slot.taken.exchange(true)) continue;
    const int own = ::fcntl(file, F_DUPFD_CLOEXEC, 0);
    struct sigaction action {};
    action.sa_sigaction = on_bus_error;
    action.sa_flags = SA_SIGINFO;
    if (own < 0 || ::sigaction(SIGBUS, &action, nullptr) != 0) {
      const auto failed = failure("cannot guard shared memory");
      if (own >= 0) ::close(own);
      slot.taken = false;
      return failed;
    }
    slot.file.store(own, std::memory_order_relaxed);
    slot.base.store(reinterpret_cast<std::uintptr_t>(base), std::memory_order_relaxed);
    slot.file_size.store(file_size, std::memory_order_relaxed);
    slot.size.store(size, std::memory_order_release);
    return MappingGuard{slot};
  }
  return tl::unexpected(std::string{"too many guards of shared memory"});
}

void MappingGuard::Free::operator()(Slot* slot) const noexcept {
  slot->size = 0;
  ::close(slot->file.load());
  slot->taken = false;
}

}  // namespace sluice
