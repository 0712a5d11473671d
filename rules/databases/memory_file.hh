// A file that lives in memory only and travels as a descriptor (memfd_create(2)): packs and databases between
// processes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

// Owns the descriptor, which is closed at exec. Errors are texts that name the step and the kernel's reason.
class MemoryFile {
 public:
  // Empty and writable; `name` is what /proc shows.
  [[nodiscard]] static tl::expected<MemoryFile, std::string> create(const char* name);
  // With these bytes, and sealed.
  [[nodiscard]] static tl::expected<MemoryFile, std::string> sealed(const char* name,
                                                                    std::span<const std::uint8_t> bytes);
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&& other) noexcept;
  ~MemoryFile();

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  // From now on nobody can alter it, through whatever descriptor (F_SEAL_WRITE and the others).
  [[nodiscard]] tl::expected<void, std::string> seal();
  // A copy of all of it; an error where it holds more than `limit` bytes.
  [[nodiscard]] tl::expected<std::vector<std::uint8_t>, std::string> bytes(std::size_t limit) const;

 private:
  explicit MemoryFile(int descriptor) noexcept : descriptor_{descriptor} {}
  int descriptor_ = -1;
};

// A copy of the file behind any descriptor, from its start; the descriptor's own position neither counts nor moves. An
// error where it holds more than `limit` bytes, or shrinks meanwhile.
[[nodiscard]] tl::expected<std::vector<std::uint8_t>, std::string> read_whole(int descriptor, std::size_t limit);

}  // namespace sluice
