// A bounded heap for libraries that ask for memory: fixed room, given out and taken back without a system call or a
// lock. Next fit over blocks that know their neighbours; free neighbours become one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice {

class Arena {
 public:
  static constexpr std::size_t alignment = 16;  // of each block, and of its header

  // Forgets every block. `room` begins at an address that is a multiple of `alignment`; at most 4 GiB of it are used.
  void reset(std::span<std::uint8_t> room) noexcept;
  // nullptr where no free block is large enough. Of no bytes: a block too.
  [[nodiscard]] void* take(std::size_t bytes) noexcept;
  // What take() gave, or nullptr.
  void give(void* memory) noexcept;
  // As realloc(): the old block stays where there is no room.
  [[nodiscard]] void* resize(void* memory, std::size_t bytes) noexcept;

 private:
  // Stands before each block; sizes include it.
  struct alignas(alignment) Header {
    std::uint32_t size;
    std::uint32_t size_before;  // of the neighbour below; 0 for the first
    std::uint32_t taken;
    std::uint32_t reserved;
  };
  static_assert(sizeof(Header) == alignment);

  [[nodiscard]] Header* header_at(std::size_t offset) const noexcept {
    return reinterpret_cast<Header*>(begin_ + offset);
  }
  [[nodiscard]] std::size_t offset_of(const Header* header) const noexcept {
    return static_cast<std::size_t>(reinterpret_cast<const std::uint8_t*>(header) - begin_);
  }
  // The neighbour above, or nullptr.
  [[nodiscard]] Header* above(const Header* header) const noexcept {
    const auto offset = offset_of(header) + header->size;
    return offset < size_ ? header_at(offset) : nullptr;
  }
  void join_above(Header* header) noexcept;
  void split(Header* header, std::size_t size) noexcept;

  // No member is initialised here: see Pool.
  std::uint8_t* begin_;
  std::size_t size_;
  std::size_t next_;  // offset of the header at which the next search begins
};

}  // namespace sluice
