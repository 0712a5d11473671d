// A packet on its way through the pipeline: the frame as it came, and what decode() made of its headers.
#pragma once

#include <cstdint>
#include <optional>

#include "dataplane/bytes.hh"
#include "dataplane/counters.hh"
#include "dataplane/event.hh"
#include "dataplane/tick.hh"
#include "rules/address.hh"

namespace sluice {

// Link layers that have a decoder. A wire is always `ethernet`; captures bring the others.
enum class LinkLayer : std::uint8_t { ethernet, raw_ip, null_loopback, linux_cooked_v1, linux_cooked_v2, other };

// From the LINKTYPE_ number of a capture (https://www.tcpdump.org/linktypes.html).
[[nodiscard]] LinkLayer link_layer_of(std::uint32_t link_type) noexcept;

// IANA protocol numbers that the pipeline tells apart.
namespace ip_protocol {
constexpr std::uint8_t icmp = 1;
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t icmp_v6 = 58;
}  // namespace ip_protocol

namespace tcp_flag {
constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t syn = 0x02;
constexpr std::uint8_t rst = 0x04;
constexpr std::uint8_t ack = 0x10;
constexpr std::uint8_t urg = 0x20;
}  // namespace tcp_flag

struct Packet {
  // Set by the source, read by the pipeline.
  Bytes frame;
  Tick time{};
  std::uint64_t number = 0;  // in the capture, from 1; 0 on a live wire
  LinkLayer link = LinkLayer::ethernet;
  std::uint8_t port_pair = 0;
  Inside inside = Inside::unknown;
  std::uint32_t wire_length = 0;  // longer than the frame where a capture was cut by its snap length

  // Set by decode().
  Address source;
  Address destination;
  std::uint16_t source_port = 0;  // TCP, UDP; else 0
  std::uint16_t destination_port = 0;
  std::uint16_t vlan[2] = {0, 0};  // outer, inner VLAN id; 0 = none
  std::uint8_t protocol = 0;       // IANA protocol number
  std::uint8_t tcp_flags = 0;
  std::uint32_t tcp_sequence = 0;
  std::uint32_t tcp_acknowledgement = 0;
  Bytes transport;  // header and payload of TCP, UDP, ICMP, without link-layer padding
  Bytes payload;    // of TCP or UDP

  // Set by the pipeline.
  std::optional<UninspectedReason> uninspected;
  Action action = Action::pass;
  DropReason drop_reason = DropReason::policy;  // where the action is drop
};

// Reads the headers of packet.frame into packet. False where the packet cannot be inspected; the reason then
// stands in packet.uninspected. The first fragment of a UDP datagram is read and carries a reason all the same: its
// payload is cut. Whatever is decoded, the frame itself is never touched.
bool decode(Packet& packet) noexcept;

}  // namespace sluice
