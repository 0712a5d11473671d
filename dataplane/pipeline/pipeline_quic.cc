#include "dataplane/pipeline/pipeline.hh"

// QUIC connections that go on with other ends.
namespace sluice {

// The flow of a packet that has none by its ends, and belongs to a QUIC connection that began earlier; null where it
// does not. `known`: where its server is one of QUIC, and the connection is not.
Flow* Pipeline::rebind(const Packet& packet, const FlowKey& key, std::uint64_t hash, bool& known) noexcept {
  known = packet.protocol == ip_protocol::udp && paths_.may_continue(packet);
  if (!known) return nullptr;
  auto* const path = paths_.find(packet);
  auto* const old = path == nullptr ? nullptr : table_.find(path->flow, table_.hash(path->flow), nullptr);
  if (old == nullptr || old->id != path->flow_id || old->protocol != Protocol::quic ||
      expiry_.is_expired(*old, packet.time))
    return nullptr;
  for (auto& side : old->side) buffers_.give(side);
  const auto moved = *old;
  expiry_.remove(table_, *old);
  table_.erase(*old);
  auto* const flow = table_.insert(key, hash);
  if (flow == nullptr) {  // no room in its bucket
    auto lost = moved;
    reporter_.release(lost, packet.number);
    reporter_.flow_end(lost, FlowEnd::evicted, packet.number);
    ++counters_.flows_ended;
    return nullptr;
  }
  *flow = moved;
  flow->key = key;
  flow->initiator_is_low = key.from_low(packet);
  expiry_.file(table_, *flow, packet.time);
  path->flow = key;
  known = false;
  ++counters_.quic_rebindings;
  return flow;
}

}  // namespace sluice
