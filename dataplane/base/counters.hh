// What a worker counts. Every packet leaves through exactly one counted exit (DESIGN: conservation):
//   by ingress port:  received = forwarded + dropped{reason} + consumed{reason} + held
//   by egress port:   transmitted = forwarded to it + injected{kind}
// One writer (the worker), plain integers; names are the metric labels and the keys of --stats.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "rules/signatures/anomaly.hh"

namespace sluice {

enum class DropReason : std::uint8_t {
  policy,
  tx_full,
  tcp_refused,
  quarantine,
  rate_limit,
  stale_after_bypass,  // it came while sluice-guard held the wire: it went past, or is too late
  uninspected,         // nobody could look into it, and the site wants no such thing to pass (lapses.hh)
};
constexpr std::array<std::string_view, 7> drop_reason_names{
    "policy", "tx_full", "tcp_refused", "quarantine", "rate_limit", "stale_after_bypass", "uninspected"};

// Taken off the wire for Sluice itself (answers to its own probes).
enum class ConsumeReason : std::uint8_t { probe };
constexpr std::array<std::string_view, 1> consume_reason_names{"probe"};

// Sent by Sluice itself: what an end is told of a packet that is rejected, and answers to look-ups. Unit: packets.
enum class InjectedKind : std::uint8_t { tcp_reset, icmp_prohibited, icmpv6_prohibited, dns_answer };
constexpr std::array<std::string_view, 4> injected_kind_names{"tcp_reset", "icmp_prohibited", "icmpv6_prohibited",
                                                              "dns_answer"};

// Why an end was not told of a packet that was rejected, or not answered. Unit: packets that were not made.
enum class UnansweredReason : std::uint8_t {
  encapsulation,  // what lies around it cannot be turned around (tunnels, MPLS, PPPoE)
  kind,           // nothing may answer it: a reset, an error of ICMP, an address that is not one host's, two questions
  rate,           // too many at once
  no_room,        // no buffer was free, or the port took no more
};
constexpr std::array<std::string_view, 4> unanswered_reason_names{"encapsulation", "kind", "rate", "no_room"};

// Why nobody looked into a packet, or not as far as it should be. It passes, but where the site says otherwise
// (lapses.hh). Unit: packets; one packet counts under one reason at most.
enum class UninspectedReason : std::uint8_t {
  link_type,            // a link layer that has no decoder (captures only)
  not_ip,               // ARP, LLDP, STP, MACsec, unknown EtherTypes
  malformed,            // a header that is cut or contradicts itself
  checksum,             // a wrong transport checksum, where they are verified
  fragment,             // part of an IP datagram that never was whole
  transport,            // an IP protocol without a decoder (SCTP, OSPF, ...)
  flow_table_full,      // no room for a new flow
  buffer_full,          // no reassembly buffer was free
  stream_gap,           // bytes of the stream never came by, or came too far ahead
  handshake_size,       // a handshake or header block larger than the reassembly window
  parse_error,          // the protocol was recognised and its message broken
  unknown_protocol,     // no parser knows this payload
  ciphertext,           // encrypted payload after the handshake
  compressed,           // a WebSocket message that is compressed (RFC 7692)
  http2_limit,          // HTTP/2 header lists, continuations or resets beyond a bound: the flow is given up
  tcp_refused,          // a TCP segment that its receiver throws away, or a copy that differs (TcpAnomaly)
  fragment_overlap,     // part of an IP datagram whose fragments overlap
  fragment_table_full,  // part of an IP datagram that gave way to others, or broke a bound
  tunnel_depth,         // tunnels in tunnels, deeper than they are followed
  depth,                // clear text beyond what signatures shall see of a direction
  exempt,               // of a device that the site's policy exempts
  midstream,            // of a connection whose start was not seen, where such are not followed
  overload_payload,     // clear text that was not searched, since the worker could not keep up (shedding.hh)
  overload_handshake,   // of a flow that began while the worker could not even read what is new
};
constexpr std::array<std::string_view, 24> uninspected_reason_names{
    "link_type",       "not_ip",      "malformed",   "checksum",       "fragment",         "transport",
    "flow_table_full", "buffer_full", "stream_gap",  "handshake_size", "parse_error",      "unknown_protocol",
    "ciphertext",      "compressed",  "http2_limit", "tcp_refused",    "fragment_overlap", "fragment_table_full",
    "tunnel_depth",    "depth",       "exempt",      "midstream",      "overload_payload", "overload_handshake"};

// What the site's policy holds back of traffic, whatever is found in it: dropped in `enforce`, and counted in both
// modes. Unit: packets.
enum class Restraint : std::uint8_t {
  quarantine,   // of a device in quarantine, and nothing that it may send or be sent
  limit,        // beyond a rate
  uninspected,  // nobody could look into it (lapses.hh)
};
constexpr std::array<std::string_view, 3> restraint_names{"quarantine", "limit", "uninspected"};

// What becomes of an answer to a look-up that brings keys of ECH to a device which shall have none (`strip_ech`). Unit:
// answers. Numbers stand in events: append only.
enum class EchAnswer : std::uint8_t {
  stripped,      // they are taken out in `enforce`
  out_of_reach,  // it came in several segments or fragments, and passes as it is (verdict/ech_strip.hh)
};
constexpr std::array<std::string_view, 2> ech_answer_names{"stripped", "out_of_reach"};

// Why an error of ICMP was not taken for one about a flow, and stayed alone. Unit: packets.
enum class IcmpQuoteError : std::uint8_t {
  truncated,  // what it quotes ends inside its headers
  header,     // what it quotes is of another version of IP, or has too many headers
  fragment,   // it quotes a later piece of a datagram, which has no ports
  foreign,    // it goes to another end than the one that sent what it quotes
};
constexpr std::array<std::string_view, 4> icmp_quote_error_names{"truncated", "header", "fragment", "foreign"};

// Why the content of an HTTP body was not decoded for matching, or not as far as it came. Unit: bodies.
enum class ContentError : std::uint8_t {
  unknown_coding,    // a coding that is not read: it is matched as it was sent
  too_many_codings,  // more than may lie over each other
  corrupt,           // it breaks its own format
  expansion,         // it grows out of all proportion: a bomb, read as far as the bound of its size
  memory,            // the decoder's arena is too small for it (brotli's window may be large)
  not_followed,      // more bodies than are followed at a time: its start alone was looked at
};
constexpr std::array<std::string_view, 6> content_error_names{"unknown_coding", "too_many_codings", "corrupt",
                                                              "expansion",      "memory",           "not_followed"};

// What is strange about a TCP segment, while somebody reads its stream. Unit: segments; one may count under several.
// The first four are certain: Linux throws such a segment away, and nothing of it is read (but for a wrong checksum
// where nothing is dropped: a capture may have been edited). The others are read.
enum class TcpAnomaly : std::uint8_t {
  checksum,         // wrong, where the sender is known to compute them
  flags,            // data without ACK, or SYN with FIN or RST
  timestamp,        // older than what the receiver has echoed (PAWS, RFC 7323 section 5)
  syn,              // on a connection that is open (RFC 5961 section 4)
  reset,            // outside of what the receiver may take for one (RFC 5961 section 3)
  window,           // data beyond what the receiver has room for
  acknowledgement,  // of bytes that were not sent
  authentication,   // an MD5 or TCP-AO option on a connection that began without
  urgent,           // a byte that the receiver may take out of the stream
  overlap,          // other bytes than those that came before at the same place
  early_data,       // in a SYN whose answer does not take them (RFC 7413)
  unwatched,        // bytes were read of which no copy could be kept: a later one that differs goes unnoticed
};
constexpr std::array<std::string_view, 12> tcp_anomaly_names{"checksum", "flags",   "timestamp",       "syn",
                                                             "reset",    "window",  "acknowledgement", "authentication",
                                                             "urgent",   "overlap", "early_data",      "unwatched"};

// How much of a flow could be seen, and of one that showed nothing, why (visibility.hh). Unit: flows, and their bytes.
// Numbers stand in events: append only.
enum class Visibility : std::uint8_t {
  clear_text,  // nothing hides what it says
  name_only,   // its content is hidden, the name of its far end is known
  no_payload,  // nothing was said
  // nothing of it, because of
  ech,                      // a real Encrypted ClientHello: the name in the open is its provider's
  vpn,                      // a tunnel or a relay that holds what it carries to itself
  encrypted_dns,            // names that are looked up in secret
  ciphertext_without_name,  // encryption, and nothing that names the far end
  unknown_protocol,         // payload that no parser knows, and no name
  not_followed,             // its start was not seen, or there was no room to follow it
};
constexpr std::array<std::string_view, 9> visibility_names{
    "clear-text",       "name-only",   "no-payload", "ech", "vpn", "encrypted-dns", "ciphertext-without-name",
    "unknown-protocol", "not-followed"};
[[nodiscard]] constexpr bool shows_nothing(Visibility visibility) noexcept { return visibility >= Visibility::ech; }

// An array indexed by one of the enums above.
template <class Reason, std::size_t Count>
struct ByReason {
  std::array<std::uint64_t, Count> values{};

  std::uint64_t& operator[](Reason reason) noexcept { return values[static_cast<std::size_t>(reason)]; }
  std::uint64_t operator[](Reason reason) const noexcept { return values[static_cast<std::size_t>(reason)]; }
  [[nodiscard]] std::uint64_t sum() const noexcept {
    std::uint64_t total = 0;
    for (const auto value : values) total += value;
    return total;
  }
  void operator+=(const ByReason& other) noexcept {
    for (std::size_t i = 0; i < Count; ++i) values[i] += other.values[i];
  }
};

using Dropped = ByReason<DropReason, drop_reason_names.size()>;
using Consumed = ByReason<ConsumeReason, consume_reason_names.size()>;
using Injected = ByReason<InjectedKind, injected_kind_names.size()>;
using Unanswered = ByReason<UnansweredReason, unanswered_reason_names.size()>;
using ContentErrors = ByReason<ContentError, content_error_names.size()>;
using IcmpQuotesRefused = ByReason<IcmpQuoteError, icmp_quote_error_names.size()>;
using EchAnswers = ByReason<EchAnswer, ech_answer_names.size()>;
using Restrained = ByReason<Restraint, restraint_names.size()>;
using Uninspected = ByReason<UninspectedReason, uninspected_reason_names.size()>;
using ByVisibility = ByReason<Visibility, visibility_names.size()>;
using ByAnomalyLayer = ByReason<AnomalyLayer, anomaly_layer_names.size()>;
using TcpAnomalies = ByReason<TcpAnomaly, tcp_anomaly_names.size()>;

// One port, as one worker sees it.
struct PortCounters {
  std::uint64_t received = 0;
  std::uint64_t received_bytes = 0;
  std::uint64_t forwarded = 0;
  Dropped dropped;
  Consumed consumed;
  std::uint64_t transmitted = 0;
  std::uint64_t transmitted_bytes = 0;
  Injected injected;

  void operator+=(const PortCounters& other) noexcept {
    received += other.received;
    received_bytes += other.received_bytes;
    forwarded += other.forwarded;
    dropped += other.dropped;
    consumed += other.consumed;
    transmitted += other.transmitted;
    transmitted_bytes += other.transmitted_bytes;
    injected += other.injected;
  }
};

// What inspection did, one worker.
struct InspectionCounters {
  Uninspected uninspected;
  std::uint64_t flows_created = 0;
  std::uint64_t flows_ended = 0;
  std::uint64_t events = 0;
  std::uint64_t events_lost = 0;  // the ring to the control plane was full
  std::uint64_t events_truncated = 0;
  std::uint64_t events_unpaired = 0;  // sent before their other half: no room for them to wait
  std::uint64_t findings = 0;
  std::uint64_t signature_scans = 0;       // buffers that were searched for patterns
  std::uint64_t signature_candidates = 0;  // signatures whose pattern was seen, tried in full
  std::uint64_t signatures_cut = 0;        // messages on which a bound of matching was hit
  std::uint64_t signatures_suspended = 0;  // signatures that were not tried, since their rule is suspended
  std::uint64_t signature_state_full = 0;  // bits, numbers and rates of rules that found no room or gave way
  std::uint64_t stream_restarted = 0;      // windows of clear text that were searched anew, for other rules
  std::uint64_t payload_windows_full = 0;  // pieces of clear text that were matched alone: no window was free
  std::uint64_t dns_memory_evicted = 0;    // answers forgotten before their time: no room for all (dns_memory.hh)
  std::uint64_t quic_rebindings = 0;       // QUIC connections that went on with other ends (quic_paths.hh)
  std::uint64_t quic_migrations = 0;       // flows that begin in the middle of a QUIC connection
  ContentErrors content_errors;            // HTTP bodies that could not be decoded
  TcpAnomalies tcp_anomalies;
  ByAnomalyLayer anomalies;          // one a packet and kind
  std::uint64_t anomalies_cut = 0;   // packets with more of them than are noted
  std::uint64_t packets_unsaid = 0;  // anomalies and drops without an event: too many at once
  ByVisibility flows_by_visibility;  // those that ended
  ByVisibility bytes_by_visibility;  // whole frames, counted with the flow's end
  Unanswered unanswered;             // of what rules reject
  IcmpQuotesRefused icmp_quotes_refused;
  Restrained restrained;
  EchAnswers ech_answers;
  std::uint64_t rate_limits_evicted = 0;  // devices whose rate was counted anew: no room for all (rate_limits.hh)

  void operator+=(const InspectionCounters& other) noexcept {
    uninspected += other.uninspected;
    flows_created += other.flows_created;
    flows_ended += other.flows_ended;
    events += other.events;
    events_lost += other.events_lost;
    events_truncated += other.events_truncated;
    events_unpaired += other.events_unpaired;
    findings += other.findings;
    signature_scans += other.signature_scans;
    signature_candidates += other.signature_candidates;
    signatures_cut += other.signatures_cut;
    signatures_suspended += other.signatures_suspended;
    signature_state_full += other.signature_state_full;
    stream_restarted += other.stream_restarted;
    payload_windows_full += other.payload_windows_full;
    dns_memory_evicted += other.dns_memory_evicted;
    quic_rebindings += other.quic_rebindings;
    quic_migrations += other.quic_migrations;
    content_errors += other.content_errors;
    tcp_anomalies += other.tcp_anomalies;
    anomalies += other.anomalies;
    anomalies_cut += other.anomalies_cut;
    packets_unsaid += other.packets_unsaid;
    flows_by_visibility += other.flows_by_visibility;
    bytes_by_visibility += other.bytes_by_visibility;
    unanswered += other.unanswered;
    icmp_quotes_refused += other.icmp_quotes_refused;
    restrained += other.restrained;
    ech_answers += other.ech_answers;
    rate_limits_evicted += other.rate_limits_evicted;
  }
};

}  // namespace sluice
