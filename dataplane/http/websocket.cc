#include "dataplane/http/websocket.hh"

#include <algorithm>

namespace sluice {

tl::expected<WebSocketFrame, WebSocketError> parse_websocket_frame(Bytes stream) noexcept {
  Reader reader{stream};
  const auto first = reader.u8();
  const auto second = reader.u8();
  WebSocketFrame frame;
  frame.opcode = static_cast<WebSocketOpcode>(first & 0x0f);
  frame.final = (first & 0x80) != 0;
  frame.compressed = (first & 0x40) != 0;
  frame.masked = (second & 0x80) != 0;
  frame.length = second & 0x7f;
  if (frame.length == 126)
    frame.length = reader.be16();
  else if (frame.length == 127)
    frame.length = reader.be64();
  if (frame.masked) frame.mask = reader.be32();
  if (!reader.ok()) return tl::unexpected{WebSocketError::need_more};
  frame.header_size = stream.size() - reader.left();

  const bool is_control = (first & 0x08) != 0;
  const auto last = is_control ? WebSocketOpcode::pong : WebSocketOpcode::binary;
  if (frame.opcode > last) return tl::unexpected{WebSocketError::opcode};
  if ((first & 0x30) != 0) return tl::unexpected{WebSocketError::reserved};
  constexpr std::uint64_t control_limit = 125;  // section 5.5
  if (frame.length >> 63 != 0 || (is_control && frame.length > control_limit))
    return tl::unexpected{WebSocketError::length};
  return frame;
}

Bytes unmask(const WebSocketFrame& frame, Bytes payload, std::span<std::uint8_t> room) noexcept {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>({frame.length, payload.size(), room.size()}));
  Reader reader{payload.first(count)};
  for (std::size_t i = 0; i < count; ++i)
    room[i] = static_cast<std::uint8_t>(reader.u8() ^ frame.mask >> (24 - 8 * (i % 4)));
  return room.first(count);
}

}  // namespace sluice
