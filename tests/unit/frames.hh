// Frames for tests, made here: Ethernet, IPv4 or IPv6, TCP or UDP, with the header fields that a test cares about.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "dataplane/base/bytes.hh"
#include "dataplane/packet/packet.hh"
#include "rules/names/address.hh"

namespace sluice::test {

using Frame = std::vector<std::uint8_t>;

inline void put16(Frame& frame, unsigned value) {
  frame.push_back(static_cast<std::uint8_t>(value >> 8));
  frame.push_back(static_cast<std::uint8_t>(value));
}
inline void put32(Frame& frame, std::uint32_t value) {
  put16(frame, value >> 16);
  put16(frame, value & 0xffff);
}
inline void put(Frame& frame, Bytes bytes) { frame.insert(frame.end(), bytes.begin(), bytes.end()); }
inline Frame bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

struct Ends {
  Address source;
  Address destination;
  std::uint16_t source_port;
  std::uint16_t destination_port;

  [[nodiscard]] Ends reversed() const { return {destination, source, destination_port, source_port}; }
};

inline Ends ends(const char* source, std::uint16_t source_port, const char* destination,
                 std::uint16_t destination_port) {
  return {*Address::parse(source), *Address::parse(destination), source_port, destination_port};
}

// The IP header (without checksum) in front of a transport segment, in an Ethernet frame.
inline Frame ip_frame(const Ends& at, std::uint8_t protocol, Bytes segment) {
  Frame frame(12, 0x02);
  const bool v4 = at.source.is_v4();
  put16(frame, v4 ? 0x0800 : 0x86dd);
  const auto size = static_cast<unsigned>(segment.size());
  if (v4) {
    put32(frame, 0x45000000 | (20 + size));
    put32(frame, 0x00004000);
    frame.push_back(64);
    frame.push_back(protocol);
    put16(frame, 0);
    put(frame, Bytes{at.source.bytes}.subspan(12));
    put(frame, Bytes{at.destination.bytes}.subspan(12));
  } else {
    put32(frame, 0x60000000);
    put16(frame, size);
    frame.push_back(protocol);
    frame.push_back(64);
    put(frame, at.source.bytes);
    put(frame, at.destination.bytes);
  }
  put(frame, segment);
  return frame;
}

inline Frame udp_frame(const Ends& at, Bytes payload) {
  Frame segment;
  put16(segment, at.source_port);
  put16(segment, at.destination_port);
  put16(segment, static_cast<unsigned>(8 + payload.size()));
  put16(segment, 0);
  put(segment, payload);
  return ip_frame(at, ip_protocol::udp, segment);
}

inline Frame tcp_frame(const Ends& at, std::uint32_t sequence, std::uint32_t acknowledgement, std::uint8_t flags,
                       Bytes payload = {}) {
  Frame segment;
  put16(segment, at.source_port);
  put16(segment, at.destination_port);
  put32(segment, sequence);
  put32(segment, acknowledgement);
  segment.push_back(0x50);
  segment.push_back(flags);
  put16(segment, 0xffff);
  put32(segment, 0);
  put(segment, payload);
  return ip_frame(at, ip_protocol::tcp, segment);
}

}  // namespace sluice::test
