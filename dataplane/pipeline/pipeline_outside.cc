#include "dataplane/packet/decoder.hh"
#include "dataplane/pipeline/pipeline.hh"

// The outside of a tunnel: for rules that name it (alert udp any any -> any 4789), and as a flow of its own.
namespace sluice {
namespace {

constexpr unsigned outside_shift = 4;  // of SignatureTrace::addresses
constexpr std::uint8_t both_ways = 3;

}  // namespace

// Its headers alone: what a tunnel carries was looked at inside. Rules on addresses are tried once with each flow in
// it, whose the finding is, and what they have dropped. How much a flow holds is counted inside alone.
void Pipeline::judge_outside(const Passage& at) noexcept {
  if (!reporter_.wants(SignatureMoment::packet_begin) && !reporter_.wants(SignatureMoment::packet_end)) return;
  Packet outside;
  outside.frame = at.packet.frame;
  outside.time = at.packet.time;
  outside.number = at.packet.number;
  outside.link = at.packet.link;
  outside.link_type = at.packet.link_type;
  outside.port_pair = at.packet.port_pair;
  outside.inside = at.packet.inside;
  outside.networks = at.packet.networks;
  outside.wire_length = at.packet.wire_length;
  if (!decode_outside(outside)) return;
  auto& trace = at.flow.trace;
  none_ = Flow{};
  none_.id = at.flow.id;
  none_.state = at.flow.state;
  none_.first_seen = none_.last_seen = at.packet.time;
  none_.key = FlowKey::of(outside);
  none_.initiator_is_low = none_.key.from_low(outside) == (at.way == Way::to_server);
  none_.inside = at.flow.inside;
  none_.kept = at.flow.kept;
  none_.kept_bytes = at.flow.kept_bytes;
  none_.trace.use(trace.generation);
  none_.trace.addresses = trace.addresses >> outside_shift & both_ways;
  const Passage around{outside, none_, at.way};
  for (const auto moment : {SignatureMoment::packet_begin, SignatureMoment::packet_end})
    if (reporter_.wants(moment)) reporter_.packet(around, moment, false);
  trace.addresses |= static_cast<std::uint8_t>((none_.trace.addresses & both_ways) << outside_shift);
  at.flow.kept = none_.kept;
  at.flow.alerted |= none_.alerted;
  at.flow.would_drop |= none_.would_drop;
  at.flow.dropped |= none_.dropped;
  reporter_.forget(none_);
  if (outside.action != Action::drop) return;
  at.packet.action = Action::drop;
  if (!outside.dropped_by_rule || at.packet.dropped_by_rule) return;
  at.packet.dropped_by_rule = true;
  at.packet.dropping_row = outside.dropping_row;
}

// How much the tunnel holds, by the frames that it came in; what is read of it, its flows inside say.
void Pipeline::count_outside(const Packet& packet) noexcept {
  const auto* const networks = options_.inside.empty() ? packet.networks : &options_.inside;
  const auto inside =
      networks == nullptr ? packet.inside : networks->side_of(packet.outer.source, packet.outer.destination);
  // What it carries is read; between whom it goes may be nobody's business all the same.
  if (is_exempt(packet, packet.outer.source, packet.outer.destination, inside)) return;
  outsides_.count(packet, inside,
                  [&](const Flow& flow, FlowEnd why) { reporter_.outside_end(flow, why, packet.number); });
}

}  // namespace sluice
