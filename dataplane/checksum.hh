// Transport and header checksums, for captures and wires where they are to be trusted.
#pragma once

#include "dataplane/packet.hh"

namespace sluice {

// Of a decoded TCP, UDP, ICMP or ICMPv6 packet (RFC 1071; the pseudo-headers of RFC 9293 section 3.1 and RFC 8200
// section 8.1). A UDP datagram over IPv4 without a checksum (0, RFC 768) is valid, and so is a packet that the snap
// length cut or a fragment: nothing can be said of it. Where not, packet.uninspected says so.
[[nodiscard]] bool has_valid_checksum(Packet& packet) noexcept;

// Of an IPv4 header with its options (RFC 791 section 3.1).
[[nodiscard]] bool has_valid_ip_checksum(Bytes header) noexcept;

}  // namespace sluice
