// Memory that is there from the start on, so that no packet waits until the kernel finds a page for it, and none is
// missing when traffic is heaviest.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace sluice {

// Has the kernel back all pages of it now; what they hold stays. A kernel before Linux 5.14 does not know how
// (madvise(2), MADV_POPULATE_WRITE): there each page comes when it is first used.
inline void make_resident(void* memory, std::size_t size) noexcept {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(memory) / page * page;
  const auto end = (reinterpret_cast<std::uintptr_t>(memory) + size + page - 1) / page * page;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): pages are counted by number
  (void)::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE);
}

}  // namespace sluice
