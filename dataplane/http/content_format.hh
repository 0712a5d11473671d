// What both readers of coded bodies (content_coding.hh, content_stream.hh) know of gzip, zlib and brotli.
#pragma once

#include <brotli/decode.h>
#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <optional>

#include "dataplane/base/arena.hh"
#include "dataplane/base/bytes.hh"
#include "dataplane/base/counters.hh"

namespace sluice {

// zlib's window_bits (its manual, inflateInit2): 15 = zlib's format, 16 more = gzip's, negative = DEFLATE alone.
constexpr int zlib_format = 15;
constexpr int gzip_format = 15 + 16;
constexpr int raw_format = -15;

// For zlib and brotli to take their memory from; the first argument is an Arena.
inline void* take_for_zlib(void* arena, unsigned items, unsigned size) noexcept {
  return static_cast<Arena*>(arena)->take(std::size_t{items} * size);
}
inline void* take_for_brotli(void* arena, std::size_t size) noexcept { return static_cast<Arena*>(arena)->take(size); }
inline void give_to_arena(void* arena, void* memory) noexcept { static_cast<Arena*>(arena)->give(memory); }

// RFC 1950 section 2.2: method 8, and a check that makes the first two bytes a multiple of 31.
[[nodiscard]] inline bool has_zlib_header(Bytes bytes) noexcept {
  Reader reader{bytes};
  const auto header = reader.be16();
  return reader.ok() && (header >> 8 & 0x0f) == Z_DEFLATED && header % 31 == 0;
}

// RFC 1952 section 2.3.1
[[nodiscard]] inline bool has_gzip_header(Bytes bytes) noexcept {
  Reader reader{bytes};
  return reader.be16() == 0x1f8b && reader.ok();
}

// A gzip member whose method is not DEFLATE: there is no other (RFC 1952 section 2.3.1).
[[nodiscard]] inline bool is_other_gzip_method(Bytes bytes) noexcept {
  Reader reader{bytes};
  reader.skip(2);
  return reader.u8() != Z_DEFLATED && reader.ok();
}

// The header of a gzip member (RFC 1952 section 2.3), where all of it is there; nothing else, or where it is none.
[[nodiscard]] inline std::optional<std::size_t> gzip_header_size(Bytes bytes) noexcept {
  constexpr std::uint8_t has_crc = 0x02;
  constexpr std::uint8_t has_extra = 0x04;
  constexpr std::uint8_t has_name = 0x08;
  constexpr std::uint8_t has_comment = 0x10;
  Reader reader{bytes};
  if (reader.be16() != 0x1f8b || reader.u8() != Z_DEFLATED) return std::nullopt;
  const auto flags = reader.u8();
  reader.skip(6);  // time, extra flags, system
  if ((flags & has_extra) != 0) {
    const std::size_t low = reader.u8();
    reader.skip(low | std::size_t{reader.u8()} << 8);
  }
  bool is_whole = true;
  const auto skip_text = [&] {
    while (reader.ok() && reader.left() > 0)
      if (reader.u8() == 0) return;
    is_whole = false;
  };
  if ((flags & has_name) != 0) skip_text();
  if ((flags & has_comment) != 0) skip_text();
  if ((flags & has_crc) != 0) reader.skip(2);
  if (!reader.ok() || !is_whole) return std::nullopt;
  return bytes.size() - reader.left();
}

[[nodiscard]] inline ContentError error_of(BrotliDecoderErrorCode code) noexcept {
  const bool is_memory =
      code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES && code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
  return is_memory ? ContentError::memory : ContentError::corrupt;
}

}  // namespace sluice
