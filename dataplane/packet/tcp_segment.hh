// What a TCP header says beyond what every packet's decoding reads: windows, options, the urgent pointer.
#pragma once

#include <cstdint>
#include <optional>

#include "dataplane/packet/packet.hh"

namespace sluice {

struct TcpSegment {
  std::uint16_t window = 0;          // as sent, not scaled
  std::uint16_t urgent_pointer = 0;  // means something with the URG flag alone
  std::optional<std::uint8_t> window_shift;
  std::uint32_t timestamp = 0;  // RFC 7323 section 3: TSval and TSecr
  std::uint32_t echo = 0;
  bool has_timestamps = false;
  bool is_signed = false;  // MD5 (RFC 2385) or TCP-AO (RFC 5925)

  // Of a decoded TCP packet. Options that contradict their lengths end the list, as in Linux (tcp_parse_options).
  [[nodiscard]] static TcpSegment of(const Packet& packet) noexcept;
};

}  // namespace sluice
