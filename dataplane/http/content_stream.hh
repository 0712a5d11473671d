// A coded body as it comes, in pieces of any size, undone to its end: what ContentDecoder does with the start of one.
// Nothing is allocated: zlib and brotli work in an arena of the stream's own.
#pragma once

#include <brotli/decode.h>
#include <zlib.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "dataplane/base/arena.hh"
#include "dataplane/base/bytes.hh"
#include "dataplane/http/content_coding.hh"

namespace sluice {

// Where content goes, piece by piece.
struct ContentSink {
  void* context;
  void (*take)(void* context, Bytes content) noexcept;
};

class ContentStream {
 public:
  // Memory for four layers of zlib (40 KiB each), or for brotli, whose window grows with the content.
  static constexpr std::size_t arena_size = std::size_t{512} << 10;
  // Coded bytes of a layer that are kept until its form is known.
  static constexpr std::size_t prefix_limit = 512;
  // Content that may come of little before growth counts as a bomb (content_expansion_limit).
  static constexpr std::size_t expansion_free = std::size_t{64} << 10;
  // Where a layer writes to; one worker's.
  using Scratch = std::array<std::array<std::uint8_t, 8192>, ContentCodings::limit>;

  void begin(const ContentCodings& codings) noexcept;
  // The next bytes as they were sent. What a layer cannot read from its first byte on goes through as it is.
  void add(Bytes coded, Scratch& scratch, ContentSink sink) noexcept;
  // No more will come: what was kept to know its form goes through as it is.
  void end(Scratch& scratch, ContentSink sink) noexcept;
  // The first thing that went wrong. Content behind it is not read, unless it went through as it was sent.
  [[nodiscard]] std::optional<ContentError> error() const noexcept {
    return has_error_ ? std::optional{error_} : std::nullopt;
  }

  [[nodiscard]] bool is_coded() const noexcept { return count_ != 0; }
  // Some of the content is missing: a coding broke off.
  [[nodiscard]] bool is_broken() const noexcept;

 private:
  // No member is initialised here: see Pool.
  enum class State : std::uint8_t {
    opening,    // its first bytes are awaited
    inflating,  // DEFLATE, with or without zlib's header
    trailer,    // of a gzip member
    between,    // behind a gzip member: another may follow
    brotli,
    plain,  // goes through as it is
    over,   // nothing behind it is read
  };
  enum class Form : std::uint8_t { raw, zlib, gzip };
  struct Layer {
    ContentCoding coding;
    State state;
    Form form;
    bool kept_all;    // `prefix` holds everything that came
    bool has_failed;  // it broke off
    std::uint16_t prefix_size;
    std::uint8_t trailer_left;
    std::uint64_t used;
    std::uint64_t produced;
    z_stream zlib;
    BrotliDecoderState* brotli;
    std::array<std::uint8_t, prefix_limit> prefix;
  };
  // Of one call: where content goes.
  struct Way {
    Scratch& scratch;
    ContentSink sink;
  };

  void give(std::size_t number, Bytes coded, Way way) noexcept;
  [[nodiscard]] Bytes keep(Layer& layer, Bytes coded) noexcept;
  void open(std::size_t number, Way way) noexcept;
  void inflate_as(std::size_t number, Form form, Bytes coded, Way way) noexcept;
  void inflate(std::size_t number, Bytes coded, Way way) noexcept;
  void decompress_brotli(std::size_t number, Bytes coded, Way way) noexcept;
  void fail(std::size_t number, ContentError error, Way way) noexcept;
  [[nodiscard]] bool is_bomb(const Layer& layer) const noexcept;
  void note(ContentError error) noexcept;

  std::size_t count_;
  bool has_error_;
  ContentError error_;
  Arena arena_;
  std::array<Layer, ContentCodings::limit> layers_;  // the first to be taken off first
  struct alignas(Arena::alignment) Room {
    std::array<std::uint8_t, arena_size> bytes;
  } room_;
};

}  // namespace sluice
