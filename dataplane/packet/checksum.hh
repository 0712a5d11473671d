// Transport and header checksums, for captures and wires where they are to be trusted.
#pragma once

#include <cstdint>

#include "dataplane/packet/packet.hh"

namespace sluice {

enum class TransportChecksum : std::uint8_t {
  right,
  wrong,
  unknown,  // nothing can be said: cut by the snap length, a fragment, or left for hardware to be computed
};

// Of a decoded TCP, UDP, ICMP or ICMPv6 packet (RFC 1071; the pseudo-headers of RFC 9293 section 3.1 and RFC 8200
// section 8.1). A UDP datagram over IPv4 without a checksum (0, RFC 768) is right. What a sender's kernel leaves for
// its card to finish (0, or the sum of the pseudo-header, with the length or without) is unknown.
[[nodiscard]] TransportChecksum transport_checksum(const Packet& packet) noexcept;

// Where every wrong checksum counts: one that was left for hardware is wrong too. packet.uninspected says so.
[[nodiscard]] bool has_valid_checksum(Packet& packet) noexcept;

// What is written into a header whose checksum is 0 so far: over bytes alone (RFC 1071), and with the pseudo-header of
// those addresses.
[[nodiscard]] std::uint16_t internet_checksum(Bytes bytes) noexcept;
[[nodiscard]] std::uint16_t transport_checksum_of(const Address& source, const Address& destination,
                                                  std::uint8_t protocol, Bytes bytes) noexcept;

// Of an IPv4 header with its options (RFC 791 section 3.1).
[[nodiscard]] bool has_valid_ip_checksum(Bytes header) noexcept;

}  // namespace sluice
