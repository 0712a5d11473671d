// HTTP/2 in clear text (RFC 9113): the connection preface and frames. Field blocks are decoded by hpack.hh.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "dataplane/http/http_response.hh"

namespace sluice {

// What a client's side begins with (section 3.4).
constexpr std::string_view http2_preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

enum class Http2Error : std::uint8_t {
  need_more,      // the frame, or the block of frames, is not whole
  frame,          // padding or fixed fields that are longer than the frame
  continuation,   // a block that does not go on where it must (section 6.10)
  continuations,  // more of them than http2_continuation_limit
};

enum class Http2FrameType : std::uint8_t {
  data = 0,
  headers = 1,
  priority = 2,
  rst_stream = 3,
  settings = 4,
  push_promise = 5,
  ping = 6,
  goaway = 7,
  window_update = 8,
  continuation = 9,
};

namespace http2_flag {
constexpr std::uint8_t end_stream = 0x01;
constexpr std::uint8_t ack = 0x01;
constexpr std::uint8_t end_headers = 0x04;
constexpr std::uint8_t padded = 0x08;
constexpr std::uint8_t priority = 0x20;
}  // namespace http2_flag

// Section 4.1
struct Http2FrameHeader {
  static constexpr std::size_t size = 9;
  std::uint32_t length = 0;  // of what follows
  Http2FrameType type{};     // any number
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;

  [[nodiscard]] bool has(std::uint8_t flag) const noexcept { return (flags & flag) != 0; }
};

constexpr std::size_t http2_continuation_limit = 16;  // frames behind one HEADERS

constexpr std::size_t http2_fields_limit = 16384;  // bytes of a message's fields, decoded

// A field block with its frames.
struct Http2FieldBlock {
  std::size_t size = 0;  // of the frames
  std::uint32_t stream = 0;
  bool is_push = false;  // PUSH_PROMISE: the request that the server says it answers
  bool ends_stream = false;
  std::array<Bytes, 1 + http2_continuation_limit> pieces;
  std::size_t piece_count = 0;
};

// `yes` on a client's preface, or a server's first frame: SETTINGS that say something.
[[nodiscard]] Probe probe_http2(Bytes stream) noexcept;

// Errors: need_more.
[[nodiscard]] tl::expected<Http2FrameHeader, Http2Error> parse_http2_frame(Bytes stream) noexcept;

// The block at the start of the stream, which begins with HEADERS or PUSH_PROMISE (sections 6.2, 6.6 and 6.10).
[[nodiscard]] tl::expected<Http2FieldBlock, Http2Error> parse_http2_field_block(Bytes stream) noexcept;

// A message's fields as lines "name: value", pseudo-fields first (section 8.3), as a request or response that other
// code can read like one of HTTP/1: :authority as host, :path as target, "HTTP/2" as protocol. `size` stays 0. Nothing
// where :method, or :status, is not there: trailers.
[[nodiscard]] std::optional<HttpRequest> http2_request(std::string_view fields) noexcept;
[[nodiscard]] std::optional<HttpResponse> http2_response(std::string_view fields) noexcept;

}  // namespace sluice
