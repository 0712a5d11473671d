// The one table of what may keep a worker from inspecting as it should: its name, its counter, what is said of the tap
// while it lasts, and whether the site may have the traffic dropped (policy.uninspected). By default all of it passes,
// but for what a TCP receiver would refuse. README.md of pipeline/ has the table for people.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/base/counters.hh"
#include "rules/policy/lapse.hh"

namespace sluice {

struct LapseRow {
  enum class Scope : std::uint8_t {
    none,    // traffic goes on whatever happens: no option
    packet,  // the option drops the packet
    flow,    // the option drops the packet, and what follows of its flow
  };

  Lapse lapse;
  std::string_view name;  // of the option
  Scope scope;
  std::uint64_t (*count)(const InspectionCounters& counters);
  // The tap is `degraded` with this as the reason while it goes on. Empty: it is the traffic's own fault, and says
  // nothing of the tap.
  std::string_view says;
  std::optional<UninspectedReason> reason;  // of the packets
};

template <UninspectedReason reason>
std::uint64_t packets_uninspected(const InspectionCounters& counters) {
  return counters.uninspected[reason];
}
template <std::uint64_t InspectionCounters::*counter>
std::uint64_t counted(const InspectionCounters& counters) {
  return counters.*counter;
}

// In the order of Lapse.
inline constexpr std::array<LapseRow, lapse_count> lapses = [] {
  using enum LapseRow::Scope;
  using Why = UninspectedReason;
  using Counters = InspectionCounters;
  return std::array<LapseRow, lapse_count>{{
      {Lapse::overload_payload, "overload_payload", none, packets_uninspected<Why::overload_payload>,
       "overload: clear text of large flows, or of all, is not searched", Why::overload_payload},
      {Lapse::overload_handshake, "overload_handshake", none, packets_uninspected<Why::overload_handshake>,
       "overload: new flows are not read", Why::overload_handshake},
      {Lapse::flow_table_full, "flow_table_full", packet, packets_uninspected<Why::flow_table_full>,
       "the flow table is full (flow.table_entries)", Why::flow_table_full},
      {Lapse::buffer_full, "buffer_full", flow, packets_uninspected<Why::buffer_full>,
       "no buffer is free for messages in parts (stream.buffers)", Why::buffer_full},
      {Lapse::payload_windows_full, "payload_windows_full", flow, counted<&Counters::payload_windows_full>,
       "no window is free for clear text (stream.payload_windows)", std::nullopt},
      {Lapse::fragment_table_full, "fragment_table_full", packet, packets_uninspected<Why::fragment_table_full>,
       "the table of IP fragments is full", Why::fragment_table_full},
      {Lapse::bodies_full, "bodies_full", none,
       [](const Counters& all) { return all.content_errors[ContentError::not_followed]; },
       "more bodies than can be followed (inspection.followed_bodies)", std::nullopt},
      {Lapse::event_ring_full, "event_ring_full", none, counted<&Counters::events_lost>,
       "events are lost (events.ring_bytes)", std::nullopt},
      {Lapse::event_queues_full, "event_queues_full", none, counted<&Counters::events_unpaired>,
       "events leave without their other half (events.waiting_flows)", std::nullopt},
      {Lapse::signature_state_full, "signature_state_full", none, counted<&Counters::signature_state_full>,
       "what signatures remember of flows and hosts is full", std::nullopt},
      {Lapse::dns_memory_full, "dns_memory_full", none, counted<&Counters::dns_memory_evicted>,
       "DNS answers are forgotten before their time (inspection.resolved_names)", std::nullopt},
      {Lapse::rate_limits_full, "rate_limits_full", none, counted<&Counters::rate_limits_evicted>,
       "more devices under limits than are counted", std::nullopt},
      {Lapse::fragment, "fragment", packet, packets_uninspected<Why::fragment>, {}, Why::fragment},
      {Lapse::fragment_overlap,
       "fragment_overlap",
       packet,
       packets_uninspected<Why::fragment_overlap>,
       {},
       Why::fragment_overlap},
      {Lapse::malformed, "malformed", packet, packets_uninspected<Why::malformed>, {}, Why::malformed},
      {Lapse::checksum, "checksum", packet, packets_uninspected<Why::checksum>, {}, Why::checksum},
      {Lapse::tunnel_depth, "tunnel_depth", packet, packets_uninspected<Why::tunnel_depth>, {}, Why::tunnel_depth},
      {Lapse::midstream, "midstream", flow, packets_uninspected<Why::midstream>, {}, Why::midstream},
      {Lapse::stream_gap, "stream_gap", flow, packets_uninspected<Why::stream_gap>, {}, Why::stream_gap},
      {Lapse::handshake_size,
       "handshake_size",
       flow,
       packets_uninspected<Why::handshake_size>,
       {},
       Why::handshake_size},
      {Lapse::parse_error, "parse_error", flow, packets_uninspected<Why::parse_error>, {}, Why::parse_error},
      {Lapse::http2_limit, "http2_limit", flow, packets_uninspected<Why::http2_limit>, {}, Why::http2_limit},
      {Lapse::tcp_refused, "tcp_refused", packet, packets_uninspected<Why::tcp_refused>, {}, Why::tcp_refused},
      {Lapse::copies_full,
       "copies_full",
       none,
       [](const Counters& all) { return all.tcp_anomalies[TcpAnomaly::unwatched]; },
       {},
       std::nullopt},
      {Lapse::matching_limit, "matching_limit", none, counted<&Counters::signatures_cut>, {}, std::nullopt},
      {Lapse::decoder_memory,
       "decoder_memory",
       none,
       [](const Counters& all) { return all.content_errors[ContentError::memory]; },
       {},
       std::nullopt},
      {Lapse::event_size, "event_size", none, counted<&Counters::events_truncated>, {}, std::nullopt},
      {Lapse::anomalies_limit, "anomalies_limit", none, counted<&Counters::anomalies_cut>, {}, std::nullopt},
      {Lapse::packet_events_limit, "packet_events_limit", none, counted<&Counters::packets_unsaid>, {}, std::nullopt},
      {Lapse::replies_limit,
       "replies_limit",
       none,
       [](const Counters& all) { return all.unanswered[UnansweredReason::rate]; },
       {},
       std::nullopt},
  }};
}();
static_assert([] {
  for (std::size_t i = 0; i < lapse_count; ++i)
    if (static_cast<std::size_t>(lapses[i].lapse) != i) return false;
  return true;
}());

[[nodiscard]] constexpr const LapseRow& row_of(Lapse lapse) noexcept { return lapses[static_cast<std::size_t>(lapse)]; }

// Of the reason that a packet passes uninspected for; nothing where that is in its nature (ciphertext, ARP).
[[nodiscard]] constexpr std::optional<Lapse> lapse_of(UninspectedReason reason) noexcept {
  constexpr auto by_reason = [] {
    std::array<std::optional<Lapse>, uninspected_reason_names.size()> found{};
    for (const auto& row : lapses)
      if (row.reason) found[static_cast<std::size_t>(*row.reason)] = row.lapse;
    return found;
  }();
  return by_reason[static_cast<std::size_t>(reason)];
}

}  // namespace sluice
