// Bounded reassembly of one direction's bytes: a window that starts at the first byte not yet consumed. Segments and
// CRYPTO frames may come in any order, twice, and overlapping; where two copies differ, the first stays.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "dataplane/bytes.hh"
#include "dataplane/pool.hh"

namespace sluice {

class ReassemblyBuffer {
 public:
  static constexpr std::size_t total_size = 8192;  // bytes of state a half-open flow may hold a direction
  static constexpr std::size_t ranges_limit = 15;  // stretches of bytes with holes between them
  static constexpr std::size_t window = total_size - ranges_limit * 4 - 4;

  enum class Stored : std::uint8_t {
    all,
    part,  // bytes beyond the window, or one hole too many, were left out
  };

  void clear() noexcept { count_ = 0; }
  // offset: of data's first byte from the start of the window.
  Stored insert(std::size_t offset, Bytes data) noexcept;
  // The bytes from the start of the window up to the first hole.
  [[nodiscard]] Bytes contiguous() const noexcept;
  // Moves the window on by `count` bytes, over holes too.
  void advance(std::size_t count) noexcept;
  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  // Where the bytes behind the first hole begin; nothing where no hole has bytes behind it.
  [[nodiscard]] std::optional<std::size_t> behind_first_hole() const noexcept {
    const std::size_t range = count_ != 0 && ranges_[0].begin == 0 ? 1 : 0;
    return range < count_ ? std::optional<std::size_t>{ranges_[range].begin} : std::nullopt;
  }

 private:
  struct Range {
    std::uint16_t begin;
    std::uint16_t end;
  };

  // No member is initialised here: see Pool.
  std::uint32_t count_;
  std::array<Range, ranges_limit> ranges_;
  std::array<std::uint8_t, window> bytes_;
};
static_assert(sizeof(ReassemblyBuffer) == ReassemblyBuffer::total_size);

using BufferPool = Pool<ReassemblyBuffer>;

}  // namespace sluice
