// For memory that another process may take away: a file that two map, and that one of them cuts short, ends the other
// with SIGBUS at its next look. With a guard it finds zeros there instead, and goes on.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <tl/expected.hpp>

namespace sluice {

// Guards one mapping, until its own end. Signal handlers belong to the process, so at most
// `limit` live at a time; of a mapping without a guard SIGBUS ends the process as ever.
class MappingGuard {
 public:
  static constexpr std::size_t limit = 8;

  // `file`: the mapped one, open for reading and writing; duplicated. `file_size`: what it gets back, bytes.
  [[nodiscard]] static tl::expected<MappingGuard, std::string> make(int file, const void* base, std::size_t size,
                                                                    std::size_t file_size);

  struct Slot;

 private:
  struct Free {
    void operator()(Slot* slot) const noexcept;
  };
  explicit MappingGuard(Slot& slot) noexcept : slot_(&slot) {}
  std::unique_ptr<Slot, Free> slot_;
};

}  // namespace sluice
