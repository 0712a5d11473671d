// WebSocket (RFC 6455): the frames that follow a granted upgrade.
#pragma once

#include <cstdint>
#include <span>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"

namespace sluice {

enum class WebSocketError : std::uint8_t {
  need_more,  // the frame's header is not whole
  opcode,     // one that RFC 6455 section 5.2 reserves
  reserved,   // a reserved bit besides that of compression (RFC 7692 section 6)
  length,     // of more than 63 bits, or a control frame's of more than 125 bytes
};

enum class WebSocketOpcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct WebSocketFrame {
  std::size_t header_size = 0;  // bytes before the payload
  WebSocketOpcode opcode{};
  bool final = false;
  bool compressed = false;  // RSV1: permessage-deflate
  bool masked = false;
  std::uint32_t mask = 0;    // as a number in network byte order
  std::uint64_t length = 0;  // of the payload
};

// The header of the frame at the start of the stream, RFC 6455 section 5.2. A client's frame without a mask and a
// server's with one are read too.
[[nodiscard]] tl::expected<WebSocketFrame, WebSocketError> parse_websocket_frame(Bytes stream) noexcept;

// Copies the start of a frame's payload without its mask (section 5.3) to `room`, as much as there is of both.
[[nodiscard]] Bytes unmask(const WebSocketFrame& frame, Bytes payload, std::span<std::uint8_t> room) noexcept;

}  // namespace sluice
