// Where an HTTP/1 message body ends (RFC 9112 section 6), without keeping any of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "dataplane/base/bytes.hh"

namespace sluice {

enum class BodyFraming : std::uint8_t {
  none,         // no body: the next message follows the head
  length,       // Content-Length bytes
  chunked,      // RFC 9112 section 7.1
  until_close,  // a response that ends with the connection
};

// The line of a chunk: its size and extensions.
constexpr std::size_t chunk_line_limit = 4096;
// The trailer section after the last chunk.
constexpr std::size_t trailer_limit = 16 * 1024;

// Counts a body off a stream that arrives in pieces of any size.
class HttpBody {
 public:
  // `content_length` matters for BodyFraming::length alone.
  HttpBody(BodyFraming framing, std::uint64_t content_length) noexcept;

  // How many bytes at the start of `bytes` belong to the body, its chunk lines and trailers included. Fewer than
  // given: the body is done(), or it failed() there.
  [[nodiscard]] std::size_t consume(Bytes bytes) noexcept;

  // How many of the next bytes are certain to be content, so that they need not be seen: the rest of a body of known
  // length or of the chunk at hand; all there are for until_close.
  [[nodiscard]] std::uint64_t remaining() const noexcept;
  // Passes over bytes that never came by. More than remaining() of them: nobody knows where the body ends, failed().
  void skip(std::uint64_t count) noexcept;

  // It goes on until the connection ends.
  [[nodiscard]] bool ends_with_stream() const noexcept { return state_ == State::endless; }
  // The body is complete; never for until_close.
  [[nodiscard]] bool done() const noexcept { return state_ == State::done; }
  [[nodiscard]] bool is_chunked() const noexcept { return chunked_; }
  // Of a chunked body: bytes of content in the chunks that were announced so far.
  [[nodiscard]] std::uint64_t chunked_content() const noexcept { return content_; }
  // A chunk came with an extension (RFC 9112 section 7.1.1).
  [[nodiscard]] bool has_extension() const noexcept { return has_extension_; }
  // The chunks break RFC 9112 section 7.1 or a bound above, or too much was skipped. Nothing after it can be told
  // apart any more.
  [[nodiscard]] bool failed() const noexcept { return state_ == State::failed; }

 private:
  enum class State : std::uint8_t {
    content,     // counting left_ down
    endless,     // until_close
    chunk_size,  // hexadecimal digits
    chunk_extension,
    chunk_line_feed,  // after the CR of a chunk line
    chunk_end,        // after the content of a chunk: CR LF
    chunk_end_line_feed,
    trailer,
    done,
    failed,
  };

  void step(std::uint8_t byte) noexcept;
  void digit(std::uint8_t byte) noexcept;
  void end_chunk_line() noexcept;
  void step_trailer(std::uint8_t byte) noexcept;

  std::uint64_t left_ = 0;     // of the content at hand
  std::uint64_t content_ = 0;  // of the chunks so far
  std::uint32_t line_ = 0;     // bytes of the chunk line, or of the trailer section, so far
  State state_;
  bool chunked_;
  // Bits: a StreamSide has no room for more.
  bool digits_ : 1 = false;         // the chunk line has at least one
  bool has_extension_ : 1 = false;  // a chunk line so far had one
  bool empty_line_ = true;          // nothing but CR on the trailer line so far
};

// The first bytes of a body's content, without chunk lines.
struct BodyPrefix {
  std::size_t size = 0;
  bool complete = false;  // no further content will come, or there is no room for it
};

// Copies the content at the start of `bytes`, where `body` begins, to `room`; more than fits is left out.
[[nodiscard]] BodyPrefix copy_content(HttpBody body, Bytes bytes, std::span<std::uint8_t> room) noexcept;

}  // namespace sluice
