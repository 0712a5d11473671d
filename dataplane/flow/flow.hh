// A flow: its key without direction, and what the worker that owns it remembers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "dataplane/base/keyed_hash.hh"
#include "dataplane/base/pool.hh"
#include "dataplane/http/http.hh"
#include "dataplane/http/http_pairing.hh"
#include "dataplane/packet/packet.hh"
#include "dataplane/packet/tcp_receiver.hh"
#include "dataplane/quic/quic_crypto.hh"
#include "dataplane/signatures/signature_trace.hh"
#include "dataplane/tls/dtls.hh"
#include "dataplane/tls/tls_flight.hh"
#include "rules/policy/traffic_line.hh"

namespace sluice {

// The same for both directions: `low` is the smaller (address, port) pair.
struct FlowKey {
  Address low;
  Address high;
  std::uint16_t low_port = 0;
  std::uint16_t high_port = 0;
  std::uint16_t vlan[2] = {0, 0};
  std::uint8_t protocol = 0;
  std::uint8_t port_pair = 0;
  std::array<std::uint8_t, 6> tunnel = {};  // Encapsulation::key()

  // Of a decoded packet.
  [[nodiscard]] static FlowKey of(const Packet& packet) noexcept;
  // Whether the packet's source is the `low` end.
  [[nodiscard]] bool from_low(const Packet& packet) const noexcept {
    return packet.source == low && packet.source_port == low_port;
  }
  // As one block: there is no padding in a key.
  bool operator==(const FlowKey& other) const noexcept { return __builtin_memcmp(this, &other, sizeof *this) == 0; }
};
static_assert(sizeof(FlowKey) == 48 && std::has_unique_object_representations_v<FlowKey>);

// The same for the same flow in every run and for any number of workers; 53 bits, so that JSON readers keep it whole.
[[nodiscard]] std::uint64_t flow_id(const FlowKey& key, Tick first_seen) noexcept;

// Which timeout a flow waits for; each class has its own queue (expiry.hh).
enum class ExpiryClass : std::uint8_t { opening, established, closed, datagram, other };
constexpr std::size_t expiry_class_count = 5;

// To the server = from the initiator.
enum class Way : std::uint8_t { to_server = 0, to_client = 1 };
[[nodiscard]] constexpr Way opposite(Way way) noexcept {
  return way == Way::to_server ? Way::to_client : Way::to_server;
}

// One direction of a TCP stream or of QUIC's CRYPTO data.
struct StreamSide {
  std::uint32_t first_sequence = 0;  // of the first byte after the SYN, or of the first byte seen
  std::uint32_t next_sequence = 0;   // of the first byte that the parser has not consumed
  std::uint32_t buffer = no_index;   // in the worker's ReassemblyBuffers
  std::uint32_t window = no_index;   // in the worker's PayloadWindowPool
  std::uint64_t skip = 0;            // bytes ahead that no parser wants (a body)
  std::uint32_t scanned = 0;         // of the first byte that signatures without a buffer have not seen
  bool started = false;
  bool finished = false;       // nothing further is parsed in this direction
  bool lost_sync = false;      // after a gap: look for the start of a message
  bool head_reported = false;  // of the request or response at hand, whose body is waited for
  bool responds = false;       // HTTP: this direction is the server's
  bool clear_text = false;     // no parser reads on, signatures do
  bool deep = false;           // signatures have seen as much of it as they shall
  bool leapt = false;          // went on over a hole that may still be filled
  Protocol protocol = Protocol::unknown;
  HttpBody body{BodyFraming::none, 0};  // the one that is passing by
};

// The signatures that were reported on a flow's payload, so that a piece that is looked at again, with more behind it,
// is not reported again. Rows mean something in their own generation alone.
struct ReportedSignatures {
  static constexpr std::size_t limit = 4;  // the oldest gives way

  std::uint32_t generation = 0;
  std::uint32_t count = 0;
  struct Reported {
    std::uint32_t row = 0;     // * 2, + 1 for the server's direction
    std::uint64_t behind = 0;  // position in the stream, behind all that was looked at
  };
  std::array<Reported, limit> rows{};
};

// Of what limits a flow's rate: a line about its device, a line about what was found in it.
constexpr std::size_t traffic_limit = 0;
constexpr std::size_t finding_limit = 1;

// What of a flow could be seen, noted while it is read; judged at its end (visibility.hh).
struct FlowSight {
  bool payload = false;           // something was said
  bool message = false;           // of a protocol that encrypts after its start: a message was read
  bool certificate_name = false;  // a server's certificate came by in the open, and says whose it is
  bool real_ech = false;
  bool relay = false;            // its name is listed as an anonymiser
  bool listed_resolver = false;  // its far address is listed for resolving names past the network's resolver
  bool other_alpn = false;       // the hello offers protocols, and none of them is DNS
  EncryptedDns encrypted_dns = EncryptedDns::none;  // as the hello says, or a list
};

struct alignas(64) Flow {
  // First cache line: all that a packet of a decided flow touches, besides its counters.
  FlowKey key;
  Tick last_seen{};
  ExpiryClass expiry = ExpiryClass::other;
  FlowState state = FlowState::fresh;
  Protocol protocol = Protocol::unknown;
  bool decided = false;  // no parser looks at further payload
  bool dropped = false;  // every packet of the flow is dropped
  bool initiator_is_low = false;
  bool alerted = false;
  Fate fate = Fate::read;

  // Second cache line: counters, by Way.
  std::array<std::uint64_t, 2> packets{};
  std::array<std::uint64_t, 2> bytes{};
  Tick first_seen{};
  std::uint64_t id = 0;
  std::array<std::uint32_t, 2> limits{};  // RateLimit::id of what holds it to a rate; 0: none
  std::uint16_t policy_turn = 0;          // of the pipeline, when its fate was set
  std::uint8_t fins : 3 = 0;              // bit 0: to the server, bit 1: to the client, bit 2: a reset
  bool shed : 1 = false;                  // it began in an overload, and is not read while that lasts
  bool kept : 1 = false;                  // its packets are evidence
  bool unheard_told : 1 = false;          // that it goes on, one end of it never having been heard, was counted
  bool strips_ech : 1 = false;            // of a device whose answers lose the keys of ECH: it looks names up
  Inside inside = Inside::unknown;
  Stage address_stage{};                    // the furthest for which the addresses were looked at; 0 = not yet
  std::array<std::uint8_t, 2> tcp_flags{};  // union, by Way
  // Bit by Way: another direction needed it more, and what waited in it was not read.
  std::uint8_t lost_buffer : 2 = 0;
  bool unfollowed : 1 = false;  // its start was not seen, and such flows are not wanted
  bool address_listed : 1 = false;
  bool named : 1 = false;        // a message of the flow said which name it is for
  bool name_sought : 1 = false;  // among the names that its client looked up, because no message said one
  bool limited : 1 = false;      // packets of it were beyond a limit
  bool deep : 1 = false;         // nothing more of it is read, because signatures saw as much as they shall

  // Third and fourth: touched only until the flow is decided.
  std::array<StreamSide, 2> side{};
  // Fifth: by each packet of TCP until then; fetched ahead where it will be.
  alignas(64) std::array<TcpReceiver, 2> receiver{};  // of what goes that Way
  // Beyond: while handshakes are read.
  std::uint32_t waiting = no_index;  // in the worker's EventQueuePool: events that the other direction completes
  std::uint32_t http2 = no_index;    // in the worker's Http2Pool
  std::array<std::uint32_t, 2> body{no_index, no_index};  // in the worker's FollowedBodies, by Way; of HTTP/1
  QuicInitialState quic;
  ReportedSignatures reported;
  HttpPairing http;
  Encapsulation outer;  // of the packet that began the flow, as the initiator sends it
  std::array<TlsFlight, 2> tls;
  std::array<DtlsSide, 2> dtls;
  FlowSight sight;
  std::array<std::uint16_t, 2> icmp{};             // type and code of the first message, by Way
  std::uint32_t transactions = 0;                  // messages, or pairs of them, that were numbered so far
  Protocol original_protocol = Protocol::unknown;  // before it went over to another
  std::uint32_t kept_bytes = 0;                    // of packets, as evidence
  bool would_drop = false;                         // `enforce` would drop it as a whole
  std::uint16_t third_vlan = 0;                    // of the packet that began it; two more stand in the key
  SignatureTrace trace;

  [[nodiscard]] std::uint8_t all_tcp_flags() const noexcept {
    return static_cast<std::uint8_t>(tcp_flags[0] | tcp_flags[1]);
  }
  [[nodiscard]] const Address& initiator() const noexcept { return initiator_is_low ? key.low : key.high; }
  [[nodiscard]] const Address& responder() const noexcept { return initiator_is_low ? key.high : key.low; }
  [[nodiscard]] std::uint16_t responder_port() const noexcept {
    return initiator_is_low ? key.high_port : key.low_port;
  }
};

// Whether the packet, which comes with that flow, is an error of ICMP about it, and not of its ends' own.
[[nodiscard]] inline bool is_error_about(const Packet& packet, const Flow& flow) noexcept {
  const auto& key = flow.key;
  if (packet.protocol != ip_protocol::icmp && packet.protocol != ip_protocol::icmp_v6) return false;
  if (packet.protocol != key.protocol) return true;
  return !(packet.source == key.low && packet.destination == key.high) &&
         !(packet.source == key.high && packet.destination == key.low);
}

// What a packet of a TCP flow may touch: fetched ahead as a whole (flow_table.cc).
constexpr std::size_t flow_bytes_per_packet = offsetof(Flow, receiver);
static_assert(flow_bytes_per_packet == 256 && sizeof(Flow::receiver) <= 64);

}  // namespace sluice
