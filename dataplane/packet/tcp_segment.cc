#include "dataplane/packet/tcp_segment.hh"

#include <algorithm>

namespace sluice {
namespace {

// https://www.iana.org/assignments/tcp-parameters
constexpr std::uint8_t option_end = 0;
constexpr std::uint8_t option_nothing = 1;
constexpr std::uint8_t option_window_scale = 3;
constexpr std::uint8_t option_timestamps = 8;
constexpr std::uint8_t option_md5 = 19;
constexpr std::uint8_t option_authentication = 29;

constexpr std::uint8_t window_shift_limit = 14;  // RFC 7323 section 2.3

}  // namespace

TcpSegment TcpSegment::of(const Packet& packet) noexcept {
  TcpSegment segment;
  Reader header{packet.transport.first(packet.transport.size() - packet.payload.size())};
  header.skip(14);
  segment.window = header.be16();
  header.skip(2);
  segment.urgent_pointer = header.be16();
  while (header.left() > 0) {  // RFC 9293 section 3.1
    const auto kind = header.u8();
    if (kind == option_end) break;
    if (kind == option_nothing) continue;
    const auto length = header.u8();
    if (length < 2) break;
    Reader value{header.take(length - std::size_t{2})};
    if (!header.ok()) break;
    switch (kind) {
      case option_window_scale:
        if (length == 3) segment.window_shift = std::min(value.u8(), window_shift_limit);
        break;
      case option_timestamps:
        if (length != 10) break;
        segment.has_timestamps = true;
        segment.timestamp = value.be32();
        segment.echo = value.be32();
        break;
      case option_md5:
      case option_authentication: segment.is_signed = true; break;
      default: break;
    }
  }
  return segment;
}

}  // namespace sluice
