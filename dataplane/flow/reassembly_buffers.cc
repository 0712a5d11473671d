#include "dataplane/flow/reassembly_buffers.hh"

#include <algorithm>

namespace sluice {
namespace {

// Holders of a buffer of which one has to give it up when there is no other.
constexpr std::uint32_t eviction_candidates = 8;
// Of the pool, one part in so many is never taken to watch what was read already.
constexpr std::uint32_t unwatched_share = 4;

StreamSide& side_of(Flow& flow, Way way) noexcept { return flow.side[static_cast<std::size_t>(way)]; }

}  // namespace

ReassemblyBuffers::ReassemblyBuffers(std::uint32_t count, InspectionCounters& counters)
    : count_(count), pool_(count), holders_(std::make_unique<Holder[]>(count)), counters_(&counters) {}

void ReassemblyBuffers::hold(Flow& flow, Way way, const StreamSide& begin, Tick now) noexcept {
  const auto index = side_of(flow, way).buffer;
  if (index != no_index) holders_[index] = {begin, &flow, way, now};
}

bool ReassemblyBuffers::take(Flow& flow, Way way, Tick now) noexcept {
  auto& side = side_of(flow, way);
  if (side.buffer != no_index) return true;
  const auto begin = side;
  side.buffer = pool_.take();
  if (side.buffer == no_index && make_room()) side.buffer = pool_.take();
  hold(flow, way, begin, now);
  return side.buffer != no_index;
}

bool ReassemblyBuffers::take_spare(Flow& flow, Way way, const StreamSide& begin, Tick now) noexcept {
  if (pool_.in_use() >= count_ - count_ / unwatched_share) return false;
  side_of(flow, way).buffer = pool_.take();
  hold(flow, way, begin, now);
  return side_of(flow, way).buffer != no_index;
}

void ReassemblyBuffers::give(StreamSide& side) noexcept {
  if (side.buffer == no_index) return;
  holders_[side.buffer].flow = nullptr;
  pool_.give(side.buffer);
  side.buffer = no_index;
}

bool ReassemblyBuffers::waits(const Holder& holder) noexcept {
  const auto& side = side_of(*holder.flow, holder.way);
  return !side.finished && !pool_.at(side.buffer).empty();
}

// Of a few directions that hold a buffer, the one that has held it longest gives it up: a flood of messages that stay
// incomplete costs others none. Those where nothing waits, and what was read is watched for copies, come first.
bool ReassemblyBuffers::make_room() noexcept {
  const Holder* chosen = nullptr;
  bool chosen_waits = false;
  for (std::uint32_t i = 0; i < std::min(eviction_candidates, count_); ++i) {
    const auto& holder = holders_[next_candidate_++ % count_];
    if (holder.flow == nullptr) continue;
    const bool it_waits = waits(holder);
    if (chosen == nullptr || (it_waits == chosen_waits ? holder.since < chosen->since : chosen_waits)) {
      chosen = &holder;
      chosen_waits = it_waits;
    }
  }
  if (chosen == nullptr) return false;
  auto& flow = *chosen->flow;
  auto& side = side_of(flow, chosen->way);
  if (chosen_waits) {
    flow.lost_buffer |= static_cast<std::uint8_t>(1U << static_cast<unsigned>(chosen->way));
    side.finished = true;
  } else {
    ++counters_->tcp_anomalies[TcpAnomaly::unwatched];
  }
  give(side);
  if (chosen_waits && flow.key.protocol != ip_protocol::tcp) {
    flow.decided = true;
    for (auto& each : flow.side) give(each);
  }
  return true;
}

}  // namespace sluice
