// What the packets of both directions show of the end that receives one of them: what it has taken for good, and what
// it would not take. Nothing that a sender says alone counts as known.
#pragma once

#include <cstdint>

#include "dataplane/base/counters.hh"
#include "dataplane/base/pool.hh"
#include "dataplane/packet/tcp_segment.hh"

namespace sluice {

// Sequence numbers are compared modulo 2^32 (RFC 9293 section 3.4).
[[nodiscard]] constexpr std::int32_t sequence_distance(std::uint32_t from, std::uint32_t to) noexcept {
  return static_cast<std::int32_t>(to - from);
}

struct TcpReceiver {
  std::uint32_t sent = 0;            // to it: the number behind the last one
  std::uint32_t acknowledged = 0;    // by it: what lies before is final
  std::uint32_t edge = 0;            // the furthest number that it has shown room for
  std::uint32_t echoed = 0;          // the last timestamp of its sender that it has echoed
  std::uint32_t reopening = 0;       // first number behind a SYN that came while the connection was open
  std::uint32_t origin = 0;          // where the window of the direction's reassembly buffer begins
  std::uint32_t version = no_index;  // what else it may have read: in the worker's pool of versions
  std::uint8_t shift = 0;            // of the windows that it shows
  bool was_sent : 1 = false;         // `sent` is known, and so on
  bool has_acknowledged : 1 = false;
  bool has_edge : 1 = false;
  bool has_echoed : 1 = false;
  bool reopens : 1 = false;
  bool began : 1 = false;       // its own SYN was seen, so that `shift` is known
  bool signs : 1 = false;       // that SYN was signed
  bool checksums : 1 = false;   // its sender computes them
  bool early_data : 1 = false;  // the SYN to it carried data

  // Takes in what a segment that it has sent says of it.
  void sends(const Packet& packet, const TcpSegment& segment) noexcept;
  // Takes in a segment that was sent to it.
  void receives(const Packet& packet) noexcept;
  // Whether it throws a segment away for certain, and why: one enumerator of the first ones, else nothing. The sum over
  // the payload is taken where it `is_read`: it costs more than all else.
  [[nodiscard]] std::optional<TcpAnomaly> refuses(const Packet& packet, const TcpSegment& segment,
                                                  bool is_read) noexcept;
  // Whether a reset at that number may be one for it: RFC 5961 section 3.2.
  [[nodiscard]] bool may_be_reset(std::uint32_t sequence) const noexcept {
    if (has_acknowledged && sequence_distance(acknowledged, sequence) < 0) return false;
    return !was_sent || sequence_distance(sent, sequence) <= 0;
  }
};

}  // namespace sluice
