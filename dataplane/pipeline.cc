#include "dataplane/pipeline.hh"

#include <algorithm>

#include "dataplane/checksum.hh"

namespace sluice {
namespace {

constexpr std::uint32_t expiry_budget = 256;  // flows that one housekeeping looks at

Stage address_stage(const Flow& flow, const Packet& packet, Way way) noexcept {
  if (way == Way::to_server && !packet.payload.empty()) return Stage::data_sent;
  return flow.state == FlowState::fresh ? Stage::connection_tried : Stage::connected;
}

}  // namespace

Pipeline::Pipeline(const PipelineOptions& options, const Generation& generation, std::uint32_t worker, EventSink& sink)
    : options_(options),
      table_(options.flow_table_entries, options.hash_secret),
      expiry_(table_.capacity(), options.timeouts),
      buffers_(options.reassembly_buffers),
      reporter_(generation, worker, options.policy, options.record, options.waiting_flows, sink, counters_),
      protocols_(reporter_, buffers_),
      streams_(buffers_, protocols_, options.midstream) {}

void Pipeline::process(std::span<Packet> burst) noexcept {
  std::array<FlowKey, burst_limit> keys;
  std::array<std::uint64_t, burst_limit> hashes;
  std::array<bool, burst_limit> readable;

  for (std::size_t i = 0; i < burst.size(); ++i) {
    readable[i] = decode(burst[i]) && (!options_.verify_checksums || has_valid_checksum(burst[i]));
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
    if (readable[i]) {
      if (auto* flow = flow_of(packet, keys[i], hashes[i], guesses[i])) {
        const bool from_initiator = keys[i].from_low(packet) == flow->initiator_is_low;
        const Passage at{packet, *flow, from_initiator ? Way::to_server : Way::to_client};
        account(at);
        inspect(at);
        if (flow->dropped) packet.action = Action::drop;
      }
    }
    if (packet.uninspected) ++counters_.uninspected[*packet.uninspected];
  }
}

// The flow of a packet: the live one, or a new one where there is none, it has timed out, or a SYN starts anew.
Flow* Pipeline::flow_of(Packet& packet, const FlowKey& key, std::uint64_t hash, Flow* guess) noexcept {
  auto* flow = table_.find(key, hash, guess);
  if (flow == nullptr) return create(packet, key, hash);
  if (expiry_.is_expired(*flow, packet.time)) {
    end(*flow, FlowEnd::timeout, packet.number);
    return create(packet, key, hash);
  }
  const bool opens = (packet.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == tcp_flag::syn;
  if (packet.protocol == ip_protocol::tcp && opens) {
    const auto way = key.from_low(packet) == flow->initiator_is_low ? Way::to_server : Way::to_client;
    const auto& side = flow->side[static_cast<std::size_t>(way)];
    if (side.started && side.first_sequence != packet.tcp_sequence + 1) {
      end(*flow, FlowEnd::closed, packet.number);
      return create(packet, key, hash);
    }
  }
  return flow;
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
  // A SYN+ACK comes from the end that was called.
  const bool answers = packet.protocol == ip_protocol::tcp &&
                       (packet.tcp_flags & (tcp_flag::syn | tcp_flag::ack)) == (tcp_flag::syn | tcp_flag::ack);
  flow->initiator_is_low = key.from_low(packet) != answers;
  flow->inside = options_.inside.empty() ? packet.inside : options_.inside.side_of(packet.source, packet.destination);
  if (answers && flow->inside != Inside::unknown)
    flow->inside = flow->inside == Inside::source ? Inside::destination : Inside::source;
  flow->first_seen = packet.time;
  flow->last_seen = packet.time;
  flow->id = flow_id(key, packet.time);
  flow->expiry = packet.protocol == ip_protocol::tcp   ? ExpiryClass::opening
                 : packet.protocol == ip_protocol::udp ? ExpiryClass::datagram
                                                       : ExpiryClass::other;
  expiry_.file(table_, *flow, packet.time);
  return flow;
}

void Pipeline::account(const Passage& at) noexcept {
  auto& flow = at.flow;
  const auto way = static_cast<std::size_t>(at.way);
  ++flow.packets[way];
  flow.bytes[way] += at.packet.frame.size();
  flow.last_seen = std::max(flow.last_seen, at.packet.time);
  if (at.packet.protocol != ip_protocol::tcp) {
    if (flow.packets[0] != 0 && flow.packets[1] != 0) flow.state = FlowState::established;
    return;
  }
  flow.tcp_flags |= at.packet.tcp_flags;
  if ((at.packet.tcp_flags & tcp_flag::fin) != 0) flow.fins |= static_cast<std::uint8_t>(1U << way);
  constexpr std::uint8_t both_ways = 3;
  const auto before = flow.expiry;
  if ((at.packet.tcp_flags & tcp_flag::rst) != 0 || flow.fins == both_ways) {
    flow.state = FlowState::closed;
    flow.expiry = ExpiryClass::closed;
  } else if (flow.state == FlowState::fresh && flow.packets[1] != 0 && (at.packet.tcp_flags & tcp_flag::syn) == 0) {
    flow.state = FlowState::established;
    flow.expiry = ExpiryClass::established;
  }
  if (flow.expiry != before) expiry_.file(table_, flow, at.packet.time);
}

void Pipeline::inspect(const Passage& at) noexcept {
  auto& flow = at.flow;
  const auto stage = address_stage(flow, at.packet, at.way);
  if (stage > flow.address_stage && (flow.address_listed || flow.address_stage == Stage{})) {
    flow.address_stage = stage;
    reporter_.connection(at, stage);
  }
  const auto& side = flow.side[static_cast<std::size_t>(at.way)];
  if (flow.decided || side.finished) {
    // Nothing reads this payload any more: say what stands in the way.
    if (at.packet.payload.empty()) return;
    const auto protocol = flow.protocol;
    if (protocol == Protocol::tls || protocol == Protocol::quic || protocol == Protocol::xiaomi_push ||
        protocol == Protocol::dtls)
      at.packet.uninspected = UninspectedReason::ciphertext;
    else if (protocol == Protocol::unknown)
      at.packet.uninspected = UninspectedReason::unknown_protocol;
    if (flow.decided) return;
  }
  if (at.packet.protocol == ip_protocol::tcp) {
    streams_.segment(at);
    flow.decided = flow.side[0].finished && flow.side[1].finished;
  } else if (at.packet.protocol == ip_protocol::udp) {
    protocols_.datagram(at);
  } else {
    flow.decided = true;
  }
  // Nothing more is read of it, or comes through: what waited for its other half waits no longer.
  if ((flow.decided || flow.dropped) && flow.waiting != no_index) reporter_.release(flow, at.packet.number);
}

void Pipeline::end(Flow& flow, FlowEnd reason, std::uint64_t tag) noexcept {
  reporter_.release(flow, tag);
  reporter_.flow_end(flow, reason, tag);
  streams_.release(flow);
  expiry_.remove(table_, flow);
  table_.erase(flow);
  ++counters_.flows_ended;
}

void Pipeline::housekeep(Tick now, std::uint64_t tag) noexcept {
  auto budget = expiry_budget;
  while (auto* flow = expiry_.next_expired(table_, now, budget)) end(*flow, FlowEnd::timeout, tag);
}

void Pipeline::finish(Tick now, std::uint64_t tag) noexcept {
  for (std::size_t queue = 0; queue < expiry_class_count; ++queue)
    while (auto* flow = expiry_.oldest(table_, static_cast<ExpiryClass>(queue)))
      end(*flow, expiry_.is_expired(*flow, now) ? FlowEnd::timeout : FlowEnd::shutdown, tag);
}

}  // namespace sluice
