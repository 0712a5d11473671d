// Bounded reassembly of one direction's bytes: a window that holds what is not consumed yet and, until it is forgotten,
// what was. Segments and CRYPTO frames may come in any order, twice, and overlapping; who wins where two copies differ
// is the caller's to say.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/pool.hh"

namespace sluice {

class ReassemblyBuffer {
 public:
  static constexpr std::size_t total_size = 8192;  // bytes of state a half-open flow may hold a direction
  static constexpr std::size_t ranges_limit = 63;  // stretches of bytes with holes between them
  static constexpr std::size_t window = total_size - ranges_limit * 4 - 8;

  enum class Stored : std::uint8_t {
    all,
    part,  // bytes beyond the window, or one hole too many, were left out
  };
  // Which copy of a byte stays.
  enum class Copy : std::uint8_t {
    first,
    linux,  // as Linux queues segments: what is in order is final; ahead of it, a segment that begins before another,
            // or with it and reaches further, takes its place (net/ipv4/tcp_input.c, tcp_data_queue_ofo)
    other,  // the one that Linux does not take
  };

  void clear() noexcept { count_ = consumed_ = 0; }
  // offset: of data's first byte from the start of the window. What lies before the window is left out.
  Stored insert(std::ptrdiff_t offset, Bytes data, Copy copy = Copy::first) noexcept;
  // Whether the window holds other bytes than `data` anywhere at that place.
  [[nodiscard]] bool differs(std::ptrdiff_t offset, Bytes data) const noexcept;
  // The bytes from the first that is not consumed up to the first hole.
  [[nodiscard]] Bytes contiguous() const noexcept;
  // Moves over `count` bytes, and holes; they stay in the window. Beyond its end there is room for nothing more until
  // they are forgotten.
  void consume(std::uint64_t count) noexcept {
    consumed_ = static_cast<std::uint32_t>(count < window - consumed_ ? consumed_ + count : window);
  }
  // Moves the window's start to the first byte that is not consumed.
  void forget() noexcept;
  void advance(std::uint64_t count) noexcept {
    consume(count);
    forget();
  }
  // All bytes count as not consumed again.
  void rewind() noexcept { consumed_ = 0; }
  [[nodiscard]] std::size_t consumed() const noexcept { return consumed_; }
  // Nothing waits to be consumed.
  [[nodiscard]] bool empty() const noexcept { return count_ == 0 || ranges_[count_ - 1].end <= consumed_; }
  // End of the last byte in the window, from its start.
  [[nodiscard]] std::size_t end() const noexcept { return count_ == 0 ? 0 : ranges_[count_ - 1].end; }
  // Where, from the first byte that is not consumed, the bytes behind the first hole begin; nothing where no hole has
  // bytes behind it.
  [[nodiscard]] std::optional<std::size_t> behind_first_hole() const noexcept;

 private:
  struct Range {
    std::uint16_t begin;
    std::uint16_t end;
  };

  [[nodiscard]] bool takes_over(Copy copy, const Range& old, std::size_t begin, std::size_t end) const noexcept;

  // No member is initialised here: see Pool.
  std::uint32_t count_;
  std::uint32_t consumed_;  // from the start of the window; at most `window`
  std::array<Range, ranges_limit> ranges_;
  std::array<std::uint8_t, window> bytes_;
};
static_assert(sizeof(ReassemblyBuffer) == ReassemblyBuffer::total_size);

using BufferPool = Pool<ReassemblyBuffer>;

}  // namespace sluice
