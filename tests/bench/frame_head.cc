#include "tests/bench/frame_head.hh"

#include "dataplane/packet/packet.hh"

namespace sluice::bench {
namespace {

constexpr std::size_t tcp_header_size = 32;  // 20, and 12 of time stamps (RFC 7323 section 3.2)
constexpr std::size_t udp_header_size = 8;
constexpr std::size_t ipv4_header_size = 20;

}  // namespace

// 10.0.0.0/8 and 198.18.0.0/15 (RFC 2544: for benchmarks); fd00::/8 and 2001:db8::/32 (RFC 3849: for documents).
void FrameHead::address(const Ends& ends, bool of_phone) {
  const auto number = of_phone ? ends.phone : ends.server;
  if (!ends.is_v6) return put32((of_phone ? 0x0a000000U : 0xc6120000U) + number);
  put32(of_phone ? 0xfd000000U : 0x20010db8U);
  put32(0);
  put32(0);
  put32(number);
}

void FrameHead::link_and_network(const Ends& ends, Toward toward, std::uint8_t protocol, std::size_t segment_size) {
  const bool to_server = toward == Toward::server;
  constexpr std::uint32_t gateway = 0xffffff;
  for (const auto mac : {to_server ? gateway : ends.phone, to_server ? ends.phone : gateway}) {
    put16(0x0200);  // locally administered
    put32(mac);
  }
  if (ends.is_v6) {  // RFC 8200 section 3
    put16(0x86dd);
    put32(0x60000000);
    put16(static_cast<unsigned>(segment_size));
    put8(protocol);
    put8(64);
  } else {  // RFC 791 section 3.1
    put16(0x0800);
    put16(0x4500);
    put16(static_cast<unsigned>(ipv4_header_size + segment_size));
    put32(0x00004000);
    put8(64);
    put8(protocol);
    put16(0);
  }
  address(ends, to_server);
  address(ends, !to_server);
}

void FrameHead::ports(const Ends& ends, Toward toward) {
  put16(toward == Toward::server ? ends.phone_port : ends.server_port);
  put16(toward == Toward::server ? ends.server_port : ends.phone_port);
}

FrameHead FrameHead::tcp(const Ends& ends, Toward toward, const TcpFields& fields, std::size_t payload_size) {
  FrameHead head;
  head.link_and_network(ends, toward, ip_protocol::tcp, tcp_header_size + payload_size);
  head.ports(ends, toward);
  head.put32(fields.sequence);
  head.put32(fields.acknowledgement);
  head.put8(tcp_header_size / 4 << 4);
  head.put8(fields.flags);
  head.put16(0xffff);
  head.put32(0);
  head.put32(0x0101080a);  // two NOPs, time stamps
  head.put32(fields.sequence);
  head.put32(fields.acknowledgement);
  return head;
}

FrameHead FrameHead::udp(const Ends& ends, Toward toward, std::size_t payload_size) {
  FrameHead head;
  head.link_and_network(ends, toward, ip_protocol::udp, udp_header_size + payload_size);
  head.ports(ends, toward);
  head.put16(static_cast<unsigned>(udp_header_size + payload_size));
  head.put16(0);
  return head;
}

}  // namespace sluice::bench
