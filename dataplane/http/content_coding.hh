// Content-Encoding (RFC 9110 section 8.4): which codings lie over a body, and the start of what stands below them.
// Nothing is allocated: zlib and brotli work in an arena of the decoder's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "dataplane/base/arena.hh"
#include "dataplane/base/bytes.hh"
#include "dataplane/base/counters.hh"
#include "dataplane/base/resident_memory.hh"

namespace sluice {

enum class ContentCoding : std::uint8_t { gzip, deflate, brotli };

// The codings in the order in which they were applied.
class ContentCodings {
 public:
  static constexpr std::size_t limit = 4;

  // The value of a Content-Encoding header; several headers are one list.
  void add(std::string_view list) noexcept;

  // Whether there is anything to decode, or to complain of.
  [[nodiscard]] bool empty() const noexcept { return count_ == 0 && !error_; }
  [[nodiscard]] std::optional<ContentError> error() const noexcept { return error_; }
  [[nodiscard]] std::size_t size() const noexcept { return count_; }
  [[nodiscard]] ContentCoding operator[](std::size_t i) const noexcept { return codings_[i]; }

 private:
  std::array<ContentCoding, limit> codings_{};
  std::size_t count_ = 0;
  std::optional<ContentError> error_;
};

// Decoded bytes of one coding that are looked at: a bound on the work that one message may cause.
constexpr std::size_t content_decoded_limit = 8192;
// How many times as large as its coded form content may be before it counts as a bomb. DEFLATE itself ends at 1,032.
constexpr std::size_t content_expansion_limit = 200;

struct DecodedContent {
  Bytes content;
  std::optional<ContentError> error;
};

// One worker's.
class ContentDecoder {
 public:
  // Memory for zlib (40 KiB) and brotli, whose window grows with the length of its pieces.
  static constexpr std::size_t arena_size = std::size_t{4} << 20;

  ContentDecoder() : arena_room_(std::make_unique_for_overwrite<Room>()) {}
  void make_resident() noexcept { sluice::make_resident(arena_room_.get(), sizeof(Room)); }

  // The start of the content, at most content_decoded_limit bytes, from the start of its coded form, which may end
  // anywhere. With an error: what was decoded before it, or, where that is nothing, the bytes as they were sent. Good
  // until the next call.
  [[nodiscard]] DecodedContent decode(const ContentCodings& codings, Bytes coded) noexcept;

 private:
  struct alignas(Arena::alignment) Room {
    std::array<std::uint8_t, arena_size> bytes;
  };
  struct Stage {
    std::size_t used = 0;      // of the coded bytes
    std::size_t produced = 0;  // of `room`
    std::optional<ContentError> error;
  };

  [[nodiscard]] Stage decode(ContentCoding coding, Bytes coded, std::span<std::uint8_t> room) noexcept;
  [[nodiscard]] Stage inflate(int window_bits, Bytes coded, std::span<std::uint8_t> room) noexcept;
  [[nodiscard]] Stage decompress_brotli(Bytes coded, std::span<std::uint8_t> room) noexcept;

  std::unique_ptr<Room> arena_room_;
  Arena arena_{};
  std::array<std::array<std::uint8_t, content_decoded_limit>, 2> stages_{};
};

}  // namespace sluice
