// Memory with unmapped pages on both sides: whatever reads one byte too far ends the program.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "dataplane/base/bytes.hh"

namespace sluice::test {

class GuardedMemory {
 public:
  static constexpr std::size_t size = 20 * std::size_t{4096};

  GuardedMemory() {
    void* memory = ::mmap(nullptr, size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    mapped_ = static_cast<std::uint8_t*>(memory);
    if (::mprotect(mapped_ + page, size, PROT_READ | PROT_WRITE) != 0) std::abort();
  }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;
  ~GuardedMemory() { ::munmap(mapped_, size + 2 * page); }

  // Copies of `bytes`, which must fit: in front of the unmapped page with `gap` bytes between, or behind the other one.
  [[nodiscard]] Bytes at_end(Bytes bytes, std::size_t gap = 0) {
    return put(mapped_ + page + size - gap - bytes.size(), bytes);
  }
  [[nodiscard]] Bytes at_start(Bytes bytes) { return put(mapped_ + page, bytes); }

 private:
  static constexpr std::size_t page = 4096;

  static Bytes put(std::uint8_t* at, Bytes bytes) {
    if (!bytes.empty()) std::memcpy(at, bytes.data(), bytes.size());
    return {at, bytes.size()};
  }
  std::uint8_t* mapped_ = nullptr;
};

}  // namespace sluice::test
