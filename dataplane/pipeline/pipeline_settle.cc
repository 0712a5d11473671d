// What follows from the verdict on a packet: its drop, what is said of it, who is told.
#include "dataplane/base/lapses.hh"
#include "dataplane/packet/network_service.hh"
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

// What nobody could look into as they should, where the site wants no such thing to pass. What is never blocked does.
void Pipeline::settle_lapse(Packet& packet, Flow* flow) noexcept {
  const auto& fates = rules_->lapses();
  auto lapse = packet.uninspected ? lapse_of(*packet.uninspected) : std::nullopt;
  if (!lapse || !fates.drops(*lapse)) lapse = packet.lapse;
  if (!lapse || !fates.drops(*lapse) || packet.action == Action::drop) return;
  // Streams have dropped what a receiver refuses, where they may. Beyond the first of a flow, packets were shut out.
  if (*lapse == Lapse::tcp_refused || (flow != nullptr && flow->fate == Fate::uninspected)) return;
  if (is_never_blocked(packet)) return;
  ++counters_.restrained[Restraint::uninspected];
  drop(packet, DropReason::uninspected);
  if (flow == nullptr || row_of(*lapse).scope != LapseRow::Scope::flow) return;
  flow->fate = Fate::uninspected;
  flow->would_drop = true;
  if (packet.action != Action::drop) return;
  flow->decided = true;
  streams_.release(*flow);
  protocols_.end_bodies(*flow, packet.number, packet.time);
  reporter_.release(*flow, packet.number);
}

// Either end may be the device.
bool Pipeline::is_never_blocked(const Packet& packet) const noexcept {
  const auto& never_block = rules_->never_block();
  if (never_block.network && serves_network(packet)) return true;
  const auto is_shielded = [&](const Address& device, const Address& remote) {
    const auto* const chain = memory_.names.find(device, remote, packet.time);
    const HitContext context{chain == nullptr ? std::string_view{} : chain->asked(), false, false};
    return shield_of(never_block, {device, packet.vlan[0], {}, remote}, context) != Shield::none;
  };
  return is_shielded(packet.source, packet.destination) || is_shielded(packet.destination, packet.source);
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
  const auto cause = packet.drop_reason == DropReason::tcp_refused   ? DropCause::stream_error
                     : packet.drop_reason == DropReason::quarantine  ? DropCause::quarantine
                     : packet.drop_reason == DropReason::uninspected ? DropCause::uninspected
                     : was_dropped && !packet.dropped_by_rule        ? DropCause::flow
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
