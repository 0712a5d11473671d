// Answers to look-ups without the keys of Encrypted Client Hello (dns/ech_keys.hh), in the packet that brings them.
#pragma once

#include <cstdint>
#include <span>

#include "dataplane/packet/packet.hh"

namespace sluice {

// Whether the packet, decoded, brings an answer of DNS on port 53 with keys that can be taken out there: in one
// datagram that is no fragment, or in one TCP segment that begins with a message and ends with one. A message that
// spans segments passes as it is, since its first segment has left when the last one comes.
[[nodiscard]] bool may_strip_ech(const Packet& packet) noexcept;

// Takes them out and sets the transport checksum right: what was wrong stays wrong by as much (RFC 1624). `frame`: the
// packet's own bytes, in memory that the caller may write. The checksums of tunnels around it hold, since what they
// sum up is the same with a checksum inside that was set right.
void strip_ech(const Packet& packet, std::span<std::uint8_t> frame) noexcept;

}  // namespace sluice
