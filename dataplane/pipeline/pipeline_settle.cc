// What follows from the verdict on a packet: its drop, what is said of it, who is told.
#include "dataplane/pipeline/pipeline.hh"

namespace sluice {
namespace {

// Events about packets as such that one worker sends in a stretch of time; those beyond are counted.
constexpr std::uint32_t packet_events_limit = 1024;
constexpr Duration packet_events_interval = std::chrono::seconds{1};

}  // namespace

// What was dropped before the mode became `monitor` passes from then on.
void Pipeline::drop(Packet& packet, DropReason reason) const noexcept {
  if (options_.policy.mode != Mode::enforce) return;
  packet.action = Action::drop;
  packet.drop_reason = reason;
}

// Whether one more event about a packet as such may be sent.
bool Pipeline::may_say(Tick now) noexcept {
  if (now < said_since_ || now - said_since_ >= packet_events_interval) {
    said_since_ = now;
    said_ = 0;
  }
  if (said_ < packet_events_limit) {
    ++said_;
    return true;
  }
  ++counters_.packets_unsaid;
  return false;
}

// What was wrong with the packet.
void Pipeline::settle_anomalies(Packet& packet, Flow* flow, Way way) noexcept {
  for (const auto anomaly : packet.anomalies) ++counters_.anomalies[kind_of(anomaly).layer];
  if (packet.anomalies.is_cut()) ++counters_.anomalies_cut;
  anomalies_.count(packet.anomalies);
  if (!reporter_.records()) return;
  for (const auto anomaly : packet.anomalies)
    if (may_say(packet.time)) reporter_.anomaly(packet, flow, way, anomaly);
}

// `was_dropped`: the flow, before this packet came.
void Pipeline::settle_drop(Packet& packet, Flow* flow, Way way, bool was_dropped) noexcept {
  // What is beyond a rate is a matter of course, and counted.
  if (packet.drop_reason == DropReason::rate_limit || !reporter_.records() || !may_say(packet.time)) return;
  const auto cause = packet.drop_reason == DropReason::tcp_refused  ? DropCause::stream_error
                     : packet.drop_reason == DropReason::quarantine ? DropCause::quarantine
                     : was_dropped && !packet.dropped_by_rule       ? DropCause::flow
                                                                    : DropCause::rules;
  reporter_.drop(packet, flow, way, cause);
}

void Pipeline::answer(const Packet& packet, std::size_t number, const Flow* flow, Way way) noexcept {
  std::optional<std::uint32_t> acknowledged;
  if (flow != nullptr && packet.protocol == ip_protocol::tcp) {
    const auto& receiver = flow->receiver[static_cast<std::size_t>(way)];
    if (receiver.has_acknowledged) acknowledged = receiver.acknowledged;
  }
  replies_.tell(packet, number, acknowledged, reporter_.sinkhole(), counters_.unanswered);
}

// A datagram that was dropped stays dropped: a further copy of its last piece would complete it at the far end.
void Pipeline::settle_fragment(Packet& packet) noexcept {
  for (std::size_t i = 0; i < packet.fragmented; ++i)
    if (fragments_.is_dropped(packet.datagrams[i]) && options_.policy.mode == Mode::enforce)
      packet.action = Action::drop;
  for (std::size_t i = 0; i < packet.fragmented; ++i)
    fragments_.settle(packet.datagrams[i], packet.action == Action::drop, packet.time);
}

}  // namespace sluice
