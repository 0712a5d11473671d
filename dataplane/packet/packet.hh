// A packet on its way through the pipeline: the frame as it came, and what decode() made of its headers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/counters.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/event/event.hh"
#include "dataplane/packet/fragment.hh"
#include "rules/names/address.hh"
#include "rules/policy/lapse.hh"
#include "rules/signatures/anomaly.hh"

namespace sluice {

// Link layers that have a decoder. A wire is always `ethernet`; captures bring the others.
enum class LinkLayer : std::uint8_t {
  ethernet,
  raw_ip,
  null_loopback,
  linux_cooked_v1,
  linux_cooked_v2,
  other,
  ppp,
  nflog,
  ieee_802_11,
  radiotap,
};

// From the LINKTYPE_ number of a capture (https://www.tcpdump.org/linktypes.html).
[[nodiscard]] LinkLayer link_layer_of(std::uint32_t link_type) noexcept;

// IANA protocol numbers that the pipeline tells apart.
namespace ip_protocol {
constexpr std::uint8_t icmp = 1;
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t esp = 50;
constexpr std::uint8_t icmp_v6 = 58;
constexpr std::uint8_t sctp = 132;
}  // namespace ip_protocol

namespace tcp_flag {
constexpr std::uint8_t fin = 0x01;
constexpr std::uint8_t syn = 0x02;
constexpr std::uint8_t rst = 0x04;
constexpr std::uint8_t ack = 0x10;
constexpr std::uint8_t urg = 0x20;
}  // namespace tcp_flag

// What lay around the innermost IP header.
struct Encapsulation {
  static constexpr std::size_t limit = 4;  // tunnels in each other; deeper packets pass uninspected
  static constexpr std::uint32_t no_network = 0xffffffff;

  std::uint8_t count = 0;  // of kinds
  std::uint8_t depth = 0;  // IP headers around the innermost one
  std::uint8_t protocol = 0;
  std::array<TunnelKind, limit> kinds{};  // the outermost first
  std::uint32_t network = no_network;     // VNI or VSID, 24 bits, the same in both directions
  // Of the outermost IP header, where depth > 0.
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  Address source;
  Address destination;

  // The rest is not looked at where the counts are 0.
  void clear() noexcept {
    count = depth = 0;
    network = no_network;
  }

  void reverse() noexcept {
    std::swap(source, destination);
    std::swap(source_port, destination_port);
  }

  // What tells flows in different tunnels apart, the same in both directions. Hence without MPLS, whose labels differ
  // by direction and may be there in one alone (RFC 3031 section 3.16), and without GTP-U's and L2TP's identifiers.
  [[nodiscard]] std::array<std::uint8_t, 6> key() const noexcept {
    std::uint32_t packed = 0;
    constexpr unsigned kind_bits = 6;
    for (std::size_t i = 0; i < count; ++i)
      if (kinds[i] != TunnelKind::mpls) packed = packed << kind_bits | static_cast<std::uint32_t>(kinds[i]);
    if (packed == 0) return {};
    const auto byte = [](std::uint32_t value, unsigned shift) { return static_cast<std::uint8_t>(value >> shift); };
    return {byte(packed, 16), byte(packed, 8), byte(packed, 0), byte(network, 16), byte(network, 8), byte(network, 0)};
  }
};

class InsideNetworks;

constexpr std::size_t cache_line = 64;  // bytes, of x86-64

// What is cleared for each packet.
struct alignas(cache_line) FreshPacket {
  // Set by the source, read by the pipeline.
  Bytes frame;
  Tick time{};
  std::uint64_t number = 0;                  // in the capture, from 1; 0 on a live wire
  const InsideNetworks* networks = nullptr;  // tell the inside where no port does; else null
  std::uint32_t wire_length = 0;             // longer than the frame where a capture was cut by its snap length
  std::uint16_t link_type = 1;               // LINKTYPE_ number of the capture; 1 = Ethernet
  LinkLayer link = LinkLayer::ethernet;
  std::uint8_t port_pair = 0;  // or the first one of its group
  Inside inside = Inside::unknown;

  // Set by decode(): of the innermost IP header.
  std::uint8_t protocol = 0;  // IANA protocol number
  std::uint8_t tcp_flags = 0;
  std::uint8_t fragmented = 0;        // how many datagrams it is a fragment of
  std::uint16_t vlan[3] = {0, 0, 0};  // the outermost VLAN ids; 0 = none
  std::uint16_t source_port = 0;      // TCP, UDP; else 0
  std::uint16_t destination_port = 0;
  std::optional<Lapse> lapse;  // set by the pipeline, where it was looked into, but not as it should be
  std::uint32_t tcp_sequence = 0;
  std::uint32_t tcp_acknowledgement = 0;
  Address source;
  Address destination;
  Bytes network;    // the innermost IP datagram, as far as it is there; empty where there is none
  Bytes transport;  // header and payload of TCP, UDP, ICMP, without link-layer padding
  Bytes payload;    // of TCP, UDP or ESP; of ARP, which is not IP, its message
  Bytes layer;      // what the innermost tunnel holds, from its link header on; empty: the frame

  // Set by the pipeline.
  Bytes stream;  // of TCP, while it is read: what the parsers, or the signatures, see of the direction
  std::optional<UninspectedReason> uninspected;
  Action action = Action::pass;
  bool opens = false;   // with it the handshake of TCP is over: what comes behind it is of an established connection
  bool passed = false;  // a rule lets it pass: no signature looks at it any more
  DropReason drop_reason = DropReason::policy;   // where the action is drop
  bool dropped_by_rule = false;                  // it was one of the packet's own, `dropping_row`
  RejectTarget reject : 4 = RejectTarget::none;  // who is told of it
  DnsAnswer dns_answer : 4 = DnsAnswer::none;    // or what it is answered with
};
static_assert(sizeof(FreshPacket) == 3 * cache_line);

// To be copied. It is defined elsewhere so that compilers copy it by a dozen wide stores: what they know to be zeros
// they write by `rep stos`, which takes longer than all else that forwarding a packet takes.
extern const FreshPacket fresh_packet;

struct Packet : FreshPacket {
  Encapsulation outer;
  Anomalies anomalies;  // found by decode(), and by all that reads it later
  // The datagrams that the packet is a fragment of, as many as `fragmented` says: the outer one, the inner one.
  std::array<FragmentTable::Handle, 2> datagrams{};
  std::uint32_t dropping_row = 0;
  // Where `layer` is not empty. With the fragment that completes a datagram, `layer` ends where the fragment's data
  // begin.
  std::uint32_t ip_at = 0;  // where in `layer` the IP header of that fragment begins
  Bytes joined;             // the data of the datagram; else empty

  // Makes it ready for another frame. Of what most packets do not have the counts alone are cleared, which the first
  // four cache lines hold: each further one that is written costs each packet.
  void clear() noexcept {
    static_cast<FreshPacket&>(*this) = fresh_packet;
    outer.clear();
    anomalies.clear();
  }
};

// Reads the headers of packet.frame into packet, through tunnels to the innermost IP header. False where there is
// nothing to inspect: the reason then stands in packet.uninspected, or there is none because the packet is a fragment
// of which `fragments` keeps a copy until the datagram is whole. The fragment that completes it is read as the whole
// datagram. A first fragment of UDP that the capture cut is read and
// has a reason all the same. Without `fragments` (null) each other fragment is uninspected. The frame itself is never
// touched.
bool decode(Packet& packet, FragmentTable* fragments) noexcept;

}  // namespace sluice
