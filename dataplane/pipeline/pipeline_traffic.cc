// What the site does with all traffic of a device: the fate of a flow, whatever is found in it.
#include <algorithm>

#include "dataplane/dns/dns.hh"
#include "dataplane/packet/network_service.hh"
#include "dataplane/pipeline/pipeline.hh"
#include "dataplane/verdict/ech_strip.hh"

namespace sluice {
namespace {

bool began_inside(const Flow& flow) noexcept { return flow.inside != Inside::destination; }

// Whether the packet comes from the flow's device.
bool comes_from_device(const Passage& at) noexcept { return began_inside(at.flow) == (at.way == Way::to_server); }

}  // namespace

// Of a flow that begins, or that the rules before had decided on. Its device is the end inside; where nobody says which
// that is, the one that began.
void Pipeline::set_fate(Flow& flow, Tick now) const noexcept {
  flow.policy_turn = policy_turn_;
  flow.fate = Fate::read;
  flow.limits[traffic_limit] = 0;
  flow.strips_ech = false;
  if (rules_->traffic().empty() || !options_.treats_devices) return;
  const bool from_inside = began_inside(flow);
  TrafficPlace place{from_inside ? flow.initiator() : flow.responder(), flow.key.vlan[0],
                     from_inside ? flow.responder() : flow.initiator()};
  place.knows_sides = flow.inside != Inside::unknown;
  place.asked = reporter_.asked_name(flow, now);
  place.is_look_up = from_inside && flow.responder_port() == dns_port &&
                     (flow.key.protocol == ip_protocol::udp || flow.key.protocol == ip_protocol::tcp);
  place.now_ns = nanoseconds_since_epoch(now);
  const auto treatment = rules_->traffic().treat(place);
  flow.fate = treatment.fate;
  flow.limits[traffic_limit] = treatment.limit.id;
  flow.strips_ech = treatment.strips_ech;
}

// Other rules, or another time of the day: flows are judged anew as their packets come.
void Pipeline::turn_policy(Tick now) noexcept {
  ++policy_turn_;
  policy_until_ = tick_from_nanoseconds(rules_->traffic().next_change(nanoseconds_since_epoch(now)));
}

// The flow of a packet, where the rules have not changed what is done with it; else that flow ends here, and its rest
// is one of its own.
Flow* Pipeline::under_policy(Flow* flow, Packet& packet, const FlowKey& key, std::uint64_t hash) noexcept {
  if (flow->policy_turn == policy_turn_) [[likely]]
    return flow;
  const auto before = flow->fate;
  set_fate(*flow, packet.time);
  // What could not be inspected cannot be from its middle on either.
  if (before == Fate::uninspected && flow->fate == Fate::read && rules_->lapses().drops_more()) flow->fate = before;
  if (flow->fate == before) return flow;
  flow->fate = before;
  end(*flow, FlowEnd::evicted, packet.number);
  return create(packet, key, hash);
}

// Whether nothing is to be recorded of what goes between these ends: a packet that has no flow, the outside of a
// tunnel.
bool Pipeline::is_exempt(const Packet& packet, const Address& source, const Address& destination,
                         Inside side) const noexcept {
  if (rules_->traffic().empty()) return false;
  const bool from_inside = side != Inside::destination;
  TrafficPlace place{from_inside ? source : destination, packet.vlan[0], from_inside ? destination : source};
  place.knows_sides = side != Inside::unknown;
  place.now_ns = nanoseconds_since_epoch(packet.time);
  const auto* const line = rules_->traffic().find(place);
  return line != nullptr && line->action == TrafficAction::exempt;
}

// True where nobody reads the packet: its flow is exempt or lost to inspection, or its device in quarantine. What a
// device needs to have a network passes all the same, packet by packet: its ends and ports alone say nothing of what
// comes.
bool Pipeline::shut_out(const Passage& at) noexcept {
  if (at.flow.fate == Fate::exempt) {
    at.flow.decided = true;
    return true;
  }
  if (rules_->never_block().network && serves_network(at.packet)) return false;
  const bool is_quarantined = at.flow.fate == Fate::quarantined;
  ++counters_.restrained[is_quarantined ? Restraint::quarantine : Restraint::uninspected];
  at.flow.would_drop = true;
  if (options_.policy.mode != Mode::enforce) return false;
  drop(at.packet, is_quarantined ? DropReason::quarantine : DropReason::uninspected);
  if (is_quarantined && comes_from_device(at)) at.packet.reject = RejectTarget::source;
  return true;
}

// An answer that goes to the device of a flow of look-ups, and reaches it. Who owns the packet's memory takes the keys
// out: the pipeline alters no packet.
void Pipeline::note_ech_keys(const Passage& at, std::size_t number) noexcept {
  if (options_.policy.mode != Mode::enforce || at.way != Way::to_client || at.packet.action != Action::pass) return;
  if (may_strip_ech(at.packet)) ech_keys_[ech_keys_count_++] = static_cast<std::uint8_t>(number);
}

// What goes beyond a limit.
void Pipeline::hold_to_limits(const Passage& at) noexcept {
  const auto& device = began_inside(at.flow) ? at.flow.initiator() : at.flow.responder();
  const auto bytes = std::max<std::size_t>(at.packet.frame.size(), at.packet.wire_length);
  for (auto& id : at.flow.limits) {
    if (id == 0) continue;
    const RateLimit limit{id, rules_->rate_of(id)};
    if (limit.kbit_per_s == 0) {  // its line is gone
      id = 0;
      continue;
    }
    if (limits_.admit(limit, device, comes_from_device(at), static_cast<std::uint32_t>(bytes), at.packet.time))
      continue;
    ++counters_.restrained[Restraint::limit];
    at.flow.limited = true;
    return drop(at.packet, DropReason::rate_limit);
  }
}

}  // namespace sluice
