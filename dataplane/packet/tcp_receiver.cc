#include "dataplane/packet/tcp_receiver.hh"

#include <algorithm>

#include "dataplane/packet/checksum.hh"

namespace sluice {

void TcpReceiver::sends(const Packet& packet, const TcpSegment& segment) noexcept {
  if ((packet.tcp_flags & tcp_flag::syn) != 0) {
    began = true;
    signs = segment.is_signed;
    shift = segment.window_shift.value_or(0);
  }
  if ((packet.tcp_flags & (tcp_flag::ack | tcp_flag::rst)) != tcp_flag::ack) return;
  // It cannot confirm what has not come by: that is late, lost to the tap, or a lie.
  auto confirmed = packet.tcp_acknowledgement;
  if (was_sent && sequence_distance(sent, confirmed) > 0) confirmed = sent;
  if (!has_acknowledged || sequence_distance(acknowledged, confirmed) > 0) acknowledged = confirmed;
  has_acknowledged = true;
  if (segment.has_timestamps && segment.echo != 0 && (!has_echoed || sequence_distance(echoed, segment.echo) > 0)) {
    echoed = segment.echo;
    has_echoed = true;
  }
  if (!began) return;  // windows may mean more than they say
  // The window of a SYN is never scaled (RFC 7323 section 2.2).
  const auto scaled = (packet.tcp_flags & tcp_flag::syn) != 0 ? 0 : shift;
  const auto limit = packet.tcp_acknowledgement + (std::uint32_t{segment.window} << scaled);
  if (!has_edge || sequence_distance(edge, limit) > 0) edge = limit;
  has_edge = true;
}

void TcpReceiver::receives(const Packet& packet) noexcept {
  const auto flags = packet.tcp_flags;
  const auto numbers = ((flags & tcp_flag::syn) != 0 ? 1U : 0U) + ((flags & tcp_flag::fin) != 0 ? 1U : 0U);
  const auto end = packet.tcp_sequence + static_cast<std::uint32_t>(packet.payload.size()) + numbers;
  if (!was_sent || sequence_distance(sent, end) > 0) sent = end;
  was_sent = true;
}

std::optional<TcpAnomaly> TcpReceiver::refuses(const Packet& packet, const TcpSegment& segment, bool is_read) noexcept {
  const auto flags = packet.tcp_flags;
  const bool opens = (flags & tcp_flag::syn) != 0;
  // RFC 9293 section 3.10.7.4, fifth; Linux: tcp_rcv_established, tcp_rcv_state_process.
  if (opens ? (flags & (tcp_flag::fin | tcp_flag::rst)) != 0 : (flags & (tcp_flag::ack | tcp_flag::rst)) == 0)
    return TcpAnomaly::flags;
  if (is_read && (!checksums || !packet.payload.empty())) {
    switch (transport_checksum(packet)) {
      case TransportChecksum::right: checksums = true; break;
      case TransportChecksum::wrong:
        if (checksums) return TcpAnomaly::checksum;
        break;
      case TransportChecksum::unknown: break;
    }
  }
  // RFC 7323 section 5.3. Linux takes one that is older by a single tick, and no reset is judged by it.
  if (has_echoed && segment.has_timestamps && (flags & tcp_flag::rst) == 0 &&
      sequence_distance(segment.timestamp, echoed) > 1)
    return TcpAnomaly::timestamp;
  return std::nullopt;
}

}  // namespace sluice
