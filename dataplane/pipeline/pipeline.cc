#include "dataplane/pipeline/pipeline.hh"

#include <algorithm>

#include "dataplane/packet/checksum.hh"

namespace sluice {
namespace {

constexpr std::uint32_t expiry_budget = 256;  // flows that one housekeeping looks at
constexpr std::size_t flows_ahead = 4;        // packets: time enough for a line to come, by measurement

Stage address_stage(const Flow& flow, const Packet& packet, Way way) noexcept {
  if (way == Way::to_server && !packet.payload.empty()) return Stage::data_sent;
  return flow.state == FlowState::fresh ? Stage::connection_tried : Stage::connected;
}

Way way_of(const Packet& packet, const Flow& flow, const FlowKey& key) noexcept {
  return key.from_low(packet) == flow.initiator_is_low ? Way::to_server : Way::to_client;
}

// A SYN that may open another connection on the ports of one that is blocked; it carries nothing.
bool may_reopen(const Passage& at) noexcept {
  const auto& asked = at.flow.receiver[static_cast<std::size_t>(opposite(at.way))];
  return asked.reopens && at.packet.payload.empty() && at.packet.protocol == ip_protocol::tcp &&
         (at.packet.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == tcp_flag::syn &&
         asked.reopening == at.packet.tcp_sequence + 1;
}

// Of the first message of each direction.
void note_icmp_kind(Flow& flow, const Packet& packet, std::size_t way) noexcept {
  if (packet.protocol != ip_protocol::icmp && packet.protocol != ip_protocol::icmp_v6) return;
  flow.icmp[way] = Reader{packet.transport}.be16();  // type and code
}

}  // namespace

Pipeline::Pipeline(const PipelineOptions& options, const Generation& generation, std::uint32_t worker, EventSink& sink)
    : options_(options),
      fragments_(options.hash_secret, counters_),
      table_(options.flow_table_entries, options.hash_secret),
      expiry_(table_.capacity(), options.timeouts),
      buffers_(options.reassembly_buffers, counters_),
      sightings_(options.record == Record::findings ? options.sightings : 0, options.hash_secret),
      memory_(options.resolved_names, options.hash_secret),
      reporter_(generation, worker, options.policy, options.record, options.event_queues, options.packet_images,
                {options.evidence, options.kept_flow_bytes}, sightings_, memory_, sink, counters_),
      rules_(&generation.ruleset),
      limits_(options.hash_secret, counters_.rate_limits_evicted),
      paths_(options.hash_secret),
      neighbours_(reporter_.records() ? neighbour_entries : 0, options.hash_secret),
      outsides_(reporter_.records() ? outside_flows_limit : 0, options.timeouts, options.hash_secret),
      protocols_(reporter_, buffers_, paths_, options.http2_connections,
                 {options.followed_bodies, options.http_body_bytes, options.hash_files}),
      streams_(buffers_, protocols_,
               {options.midstream, drops_refused(), options.reassembly_buffers, options.payload_windows,
                options.payload_depths},
               shedding_, counters_) {}

void Pipeline::use(const Generation& generation) noexcept {
  if (generation.policy) options_.policy = *generation.policy;
  reporter_.use(generation, options_.policy);
  rules_ = &generation.ruleset;
  policy_until_ = Tick::min();
  streams_.drop_refused(drops_refused());
}

void Pipeline::process(std::span<Packet> burst) noexcept {
  std::array<FlowKey, burst_limit> keys;
  std::array<std::uint64_t, burst_limit> hashes;
  std::array<bool, burst_limit> readable;

  const bool drops_lapses = rules_->lapses().drops_more();
  fragments_.begin_burst();
  replies_.begin_burst();
  ech_keys_count_ = 0;
  for (std::size_t i = 0; i < burst.size(); ++i) {
    readable[i] = decode(burst[i], &fragments_) && (!options_.verify_checksums || has_valid_checksum(burst[i]));
    if (!readable[i]) continue;
    keys[i] = FlowKey::of(burst[i]);
    hashes[i] = table_.hash(keys[i]);
    table_.prefetch_bucket(hashes[i]);
  }
  std::array<Flow*, burst_limit> guesses{};
  for (std::size_t i = 0; i < burst.size(); ++i)
    if (readable[i]) guesses[i] = table_.prefetch_flow(hashes[i]);

  for (std::size_t i = 0; i < burst.size(); ++i) {
    auto& packet = burst[i];
    if (i + flows_ahead < burst.size()) FlowTable::prefetch_undecided(guesses[i + flows_ahead]);
    Flow* flow = nullptr;
    bool was_dropped = false;
    auto way = Way::to_server;
    if (packet.time >= policy_until_) turn_policy(packet.time);
    if (readable[i]) {
      flow = quoted_flow(packet, keys[i], way);
      const bool is_error = flow != nullptr;
      if (!is_error) flow = flow_of(packet, keys[i], hashes[i], guesses[i]);
      if (flow != nullptr) was_dropped = flow->dropped;
      if (is_error) {
        judge_error({packet, *flow, way});
      } else if (flow != nullptr) {
        way = way_of(packet, *flow, keys[i]);
        judge({packet, *flow, way});
      }
    }
    const bool exempt = flow != nullptr ? flow->fate == Fate::exempt : is_exempt(packet);
    if (packet.outer.depth != 0 && !exempt && reporter_.records()) count_outside(packet);
    // A fragment is counted with its datagram.
    if (exempt && (flow != nullptr || packet.fragmented == 0)) packet.uninspected = UninspectedReason::exempt;
    if (!readable[i] && !exempt) {
      if (!packet.payload.empty()) read_arp(packet);
      judge_alone(packet);
    }
    if (drops_lapses && !exempt) settle_lapse(packet, flow);
    if (packet.fragmented != 0) settle_fragment(packet);
    if (!packet.anomalies.empty() && !exempt) settle_anomalies(packet, flow, way);
    if (packet.action == Action::drop) settle_drop(packet, flow, way, was_dropped);
    if (packet.reject != RejectTarget::none || packet.dns_answer != DnsAnswer::none) answer(packet, i, flow, way);
    if (flow != nullptr && flow->strips_ech) note_ech_keys({packet, *flow, way}, i);
    if (flow != nullptr && flow->kept && !exempt) reporter_.keep_packet({packet, *flow, way});
    if (packet.uninspected) ++counters_.uninspected[*packet.uninspected];
  }
}

// The flow of a packet: the live one, or a new one where there is none, it has timed out, or a SYN starts anew.
Flow* Pipeline::flow_of(Packet& packet, const FlowKey& key, std::uint64_t hash, Flow* guess) noexcept {
  auto* flow = table_.find(key, hash, guess);
  if (flow == nullptr) {
    bool is_quic = false;
    if (auto* const moved = rebind(packet, key, hash, is_quic)) return under_policy(moved, packet, key, hash);
    flow = create(packet, key, hash);
    if (flow != nullptr && is_quic) {  // the middle of a connection: nothing of it will be in the clear
      flow->protocol = Protocol::quic;
      flow->decided = true;
      flow->sight.payload = true;
      ++counters_.quic_migrations;
    }
    return flow;
  }
  if (expiry_.is_expired(*flow, packet.time)) {
    end(*flow, FlowEnd::timeout, packet.number);
    return create(packet, key, hash);
  }
  if (packet.protocol != ip_protocol::tcp || (packet.tcp_flags & tcp_flag::syn) == 0 || !reopens(packet, *flow, key))
    return under_policy(flow, packet, key, hash);
  const auto opener = flow->receiver[static_cast<std::size_t>(way_of(packet, *flow, key))].reopening;
  end(*flow, FlowEnd::closed, packet.number);
  flow = create(packet, key, hash);
  if (flow != nullptr && (packet.tcp_flags & tcp_flag::ack) != 0) streams_.start(*flow, Way::to_server, opener);
  return flow;
}

// Whether a SYN on ports that have a flow begins another connection. An end whose connection lives throws it away (RFC
// 5961 section 4), so it takes the other end's answer to tell; where that end was never heard, the SYN is all there is.
bool Pipeline::reopens(const Packet& packet, Flow& flow, const FlowKey& key) noexcept {
  const auto way = way_of(packet, flow, key);
  const auto& side = flow.side[static_cast<std::size_t>(way)];
  if ((packet.tcp_flags & tcp_flag::ack) != 0) {
    auto& asked = flow.receiver[static_cast<std::size_t>(way)];
    return asked.reopens && packet.tcp_acknowledgement == asked.reopening;
  }
  if (!side.started || side.first_sequence == packet.tcp_sequence + 1) return false;
  if (flow.packets[static_cast<std::size_t>(opposite(way))] == 0) return true;
  auto& asked = flow.receiver[static_cast<std::size_t>(opposite(way))];
  asked.reopens = true;
  asked.reopening = packet.tcp_sequence + 1;
  return false;
}

Inside Pipeline::inside_of(const Packet& packet) const noexcept {
  const auto* const networks = options_.inside.empty() ? packet.networks : &options_.inside;
  return networks == nullptr ? packet.inside : networks->side_of(packet.source, packet.destination);
}

Flow* Pipeline::create(Packet& packet, const FlowKey& key, std::uint64_t hash) noexcept {
  auto* flow = table_.insert(key, hash);
  if (flow == nullptr) {
    // A flood of half-open connections gives way first.
    if (auto* oldest = expiry_.oldest(table_, ExpiryClass::opening)) {
      end(*oldest, FlowEnd::evicted, packet.number);
      flow = table_.insert(key, hash);
    }
  }
  if (flow == nullptr) {
    packet.uninspected = UninspectedReason::flow_table_full;
    return nullptr;
  }
  ++counters_.flows_created;
  flow->shed = shedding_.handshakes;
  flow->third_vlan = packet.vlan[2];
  // A SYN+ACK comes from the end that was called.
  const bool answers = packet.protocol == ip_protocol::tcp &&
                       (packet.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == (tcp_flag::syn | tcp_flag::ack);
  flow->initiator_is_low = key.from_low(packet) != answers;
  flow->inside = inside_of(packet);
  if (answers && flow->inside != Inside::unknown)
    flow->inside = flow->inside == Inside::source ? Inside::destination : Inside::source;
  if (packet.outer.count != 0) {
    flow->outer = packet.outer;
    if (answers) flow->outer.reverse();
  }
  flow->first_seen = packet.time;
  flow->last_seen = packet.time;
  flow->id = flow_id(key, packet.time);
  flow->expiry = packet.protocol == ip_protocol::tcp   ? ExpiryClass::opening
                 : packet.protocol == ip_protocol::udp ? ExpiryClass::datagram
                                                       : ExpiryClass::other;
  expiry_.file(table_, *flow, packet.time);
  set_fate(*flow, packet.time);
  note_asked(packet);
  return flow;
}

void Pipeline::account(const Passage& at) noexcept {
  auto& flow = at.flow;
  const auto way = static_cast<std::size_t>(at.way);
  ++flow.packets[way];
  const auto& packet = at.packet;
  flow.bytes[way] += packet.layer.empty() ? packet.frame.size() : packet.layer.size() + packet.joined.size();
  flow.last_seen = std::max(flow.last_seen, at.packet.time);
  if (at.packet.protocol != ip_protocol::tcp) {
    if (flow.packets[way] == 1) note_icmp_kind(flow, at.packet, way);
    if (flow.packets[0] != 0 && flow.packets[1] != 0) flow.state = FlowState::established;
    return;
  }
  if (flow.dropped) return;  // none of it gets through: the connection stays as it was
  flow.tcp_flags[way] |= at.packet.tcp_flags;
  constexpr std::uint8_t both_ways = 3;
  constexpr std::uint8_t reset = 4;
  if ((at.packet.tcp_flags & tcp_flag::fin) != 0) flow.fins |= static_cast<std::uint8_t>(1U << way);
  if ((at.packet.tcp_flags & tcp_flag::rst) != 0 &&
      (flow.decided || flow.receiver[way].may_be_reset(at.packet.tcp_sequence)))
    flow.fins |= reset;
  const auto before = flow.expiry;
  // The end of a blocked connection does not reach the other end, and one of a message that has come in part may be a
  // lie: such a flow is remembered as long as a living one.
  if (flow.fins >= both_ways && !flow.dropped && (flow.decided || !streams_.is_waiting(flow))) {
    flow.state = FlowState::closed;
    flow.expiry = ExpiryClass::closed;
  } else if (flow.state == FlowState::fresh && (at.packet.tcp_flags & tcp_flag::syn) == 0) {
    note_connection(at);
    if (flow.packets[1] != 0) {
      flow.state = FlowState::established;
      flow.expiry = ExpiryClass::established;
      at.packet.opens = at.packet.payload.empty();
    }
  }
  if (flow.expiry != before) expiry_.file(table_, flow, at.packet.time);
}

void Pipeline::judge(const Passage& at) noexcept {
  account(at);
  if (at.flow.fate != Fate::read && shut_out(at)) return;
  const bool was_dropped = at.flow.dropped;
  inspect_by_rules(at);
  if (at.packet.outer.depth != 0 && !was_dropped) judge_outside(at);
  if (at.flow.dropped && !may_reopen(at)) drop(at.packet);
  if ((at.flow.limits[traffic_limit] | at.flow.limits[finding_limit]) != 0 && at.packet.action == Action::pass)
    hold_to_limits(at);
}

// Around what its payload says, what rules say of the packet itself: most generations have no such rule.
void Pipeline::inspect_by_rules(const Passage& at) noexcept {
  if (reporter_.wants(SignatureMoment::packet_begin)) reporter_.packet(at, SignatureMoment::packet_begin, false);
  const auto& side = at.flow.side[static_cast<std::size_t>(at.way)];
  auto& trace = at.flow.trace;
  inspect(at);
  if (!reporter_.wants(SignatureMoment::packet_end)) return;
  if (trace.first_protocol == Protocol::unknown) trace.first_protocol = at.flow.protocol;
  const auto way = static_cast<std::uint8_t>(1U << static_cast<unsigned>(at.way));
  const bool is_known = at.flow.protocol != Protocol::unknown || at.flow.decided || side.finished || side.clear_text;
  const bool tells = is_known && !at.packet.payload.empty() && (trace.protocols_told & way) == 0;
  reporter_.packet(at, SignatureMoment::packet_end, tells);
  if (tells) trace.protocols_told |= way;
}

// A packet that has no flow.
void Pipeline::judge_alone(Packet& packet) noexcept {
  const bool at_begin = reporter_.wants(SignatureMoment::packet_begin);
  const bool at_end = reporter_.wants(SignatureMoment::packet_end);
  if (!at_begin && !at_end) return;
  none_ = Flow{};
  none_.first_seen = none_.last_seen = packet.time;
  none_.key = FlowKey::of(packet);
  none_.initiator_is_low = none_.key.from_low(packet);
  const Passage at{packet, none_, Way::to_server};
  if (at_begin) reporter_.packet(at, SignatureMoment::packet_begin, false);
  if (at_end) reporter_.packet(at, SignatureMoment::packet_end, false);
  if (none_.dropped) drop(packet);
  if (none_.kept) reporter_.keep_packet(at);  // all that there is of it
  if (none_.kept) reporter_.keep_end(none_, packet.number);
  reporter_.forget(none_);
}

void Pipeline::inspect(const Passage& at) noexcept {
  auto& flow = at.flow;
  const auto stage = address_stage(flow, at.packet, at.way);
  if (stage > flow.address_stage && (flow.address_listed || flow.address_stage == Stage{})) {
    flow.address_stage = stage;
    reporter_.connection(at, stage);
    reporter_.sight(at);
  }
  const auto& side = flow.side[static_cast<std::size_t>(at.way)];
  if ((flow.decided || side.finished) && !at.packet.payload.empty()) {
    // Nothing reads this payload any more: say what stands in the way.
    const auto protocol = flow.protocol;
    if ((flow.lost_buffer >> static_cast<unsigned>(at.way) & 1) != 0)
      at.packet.uninspected = UninspectedReason::buffer_full;
    else if (hides_payload(protocol))
      at.packet.uninspected = UninspectedReason::ciphertext;
    else if (flow.deep)
      at.packet.uninspected = UninspectedReason::depth;
    else if (protocol == Protocol::unknown || protocol == Protocol::stun)  // media behind it
      at.packet.uninspected = flow.unfollowed ? UninspectedReason::midstream : UninspectedReason::unknown_protocol;
  }
  if (flow.decided) return;
  flow.sight.payload |= !at.packet.payload.empty();
  if (flow.shed && leaves_out(at)) return;
  if (at.packet.protocol == ip_protocol::tcp) {
    streams_.segment(at);
    if (flow.dropped) {
      streams_.release(flow);
      protocols_.end_bodies(flow, at.packet.number, at.packet.time);
    }
    flow.decided = flow.dropped || Streams::is_done(flow);
  } else if (at.packet.protocol == ip_protocol::udp) {
    protocols_.datagram(at, !shedding_.skips_payload_of(flow.bytes[0] + flow.bytes[1]));
    if (flow.protocol == Protocol::dhcp || flow.protocol == Protocol::dhcpv6) note_dhcp(at);
  } else {
    if (at.packet.protocol == ip_protocol::icmp_v6) note_router(at.packet);
    flow.decided = !read_neighbour(at);
    if (at.packet.protocol != ip_protocol::esp) return;
    flow.protocol = Protocol::ipsec;
    at.packet.uninspected = UninspectedReason::ciphertext;
  }
  // Nothing more is parsed of it: no message will say a name, and what waited for its other half waits no longer.
  const bool is_read = flow.decided || (Streams::is_parsed(flow.side[0]) && Streams::is_parsed(flow.side[1]));
  if (is_read && !flow.named && !flow.name_sought) reporter_.seek_name(at);
  if ((is_read || flow.dropped) && flow.waiting != no_index) reporter_.release(flow, at.packet.number);
}

// A flow that began in an overload. Once that is over it is read from where it is; but not where connections are not
// followed whose start was not seen, since it was.
bool Pipeline::leaves_out(const Passage& at) noexcept {
  at.flow.shed = shedding_.handshakes || (!options_.midstream && at.packet.protocol == ip_protocol::tcp);
  if (at.flow.shed && !at.packet.payload.empty()) at.packet.uninspected = UninspectedReason::overload_handshake;
  return at.flow.shed;
}

// ARP passes as it came, and counts as what is not IP.
void Pipeline::read_arp(const Packet& packet) noexcept {
  if (packet.uninspected != UninspectedReason::not_ip || !reporter_.records()) return;
  const auto message = parse_arp(packet.payload);
  if (message && neighbours_.is_news(packet, message->sender, message->sender_mac, false))
    reporter_.arp(packet, *message);
}

// Neighbour discovery, where all is recorded: true keeps its flow open for the next one. All other ICMP is decided at
// its first packet.
bool Pipeline::read_neighbour(const Passage& at) noexcept {
  auto& packet = at.packet;
  if (packet.protocol != ip_protocol::icmp_v6 || !reporter_.records() || !is_neighbour_discovery(packet.transport))
    return false;
  const auto message = parse_neighbour_discovery(packet.transport);
  if (!message) {
    packet.uninspected = UninspectedReason::parse_error;
    return true;
  }
  // An advertisement is about its target; who looks for an address that it may take has none yet (RFC 4861
  // section 4.3).
  const bool has_no_address = packet.source == Address{};
  const bool about_target =
      message->target && (message->kind == NeighbourKind::neighbour_advertisement || has_no_address);
  if (neighbours_.is_news(packet, about_target ? *message->target : packet.source,
                          about_target ? message->target_mac : message->source_mac,
                          message->kind == NeighbourKind::router_advertisement))
    reporter_.neighbour(at, *message);
  return true;
}

void Pipeline::end(Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept {
  // No packet stands for a time-out: which one it was noticed at says nothing of the flow.
  if (reason == FlowEnd::timeout) tag = 0;
  if (flow.kept) reporter_.keep_end(flow, tag);
  if (flow.fate != Fate::exempt) {
    streams_.finish(flow, tag, flow.last_seen);
    protocols_.end_bodies(flow, tag, flow.last_seen);
    reporter_.release(flow, tag);
    reporter_.flow_end(flow, reason, tag);
  }
  reporter_.forget(flow);
  streams_.release(flow);
  protocols_.release(flow);
  expiry_.remove(table_, flow);
  table_.erase(flow);
  ++counters_.flows_ended;
}

void Pipeline::housekeep(Tick now, std::uint64_t tag) noexcept {
  auto budget = expiry_budget;
  fragments_.expire(now);
  while (auto* flow = expiry_.next_expired(table_, now, budget)) end(*flow, FlowEnd::timeout, tag);
  outsides_.expire(now, budget, [&](const Flow& flow, FlowEnd why) { reporter_.outside_end(flow, why, tag); });
}

void Pipeline::finish(Tick now, std::uint64_t tag) noexcept {
  fragments_.finish();
  for (std::size_t queue = 0; queue < expiry_class_count; ++queue)
    while (auto* flow = expiry_.oldest(table_, static_cast<ExpiryClass>(queue)))
      end(*flow, expiry_.is_expired(*flow, now) ? FlowEnd::timeout : FlowEnd::shutdown, tag);
  outsides_.finish(now, [&](const Flow& flow, FlowEnd why) { reporter_.outside_end(flow, why, tag); });
}

}  // namespace sluice
