#include "control/evidence/flow_keeper.hh"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t frame_room = 1024;  // bytes: what a capture begins with, the part, the box that it is sealed in
constexpr std::size_t packet_room = 128;  // bytes: a packet's block without its bytes, and what the decision says of it

// What the last part says; "tap": the end was not seen.
std::string_view end_of(const Event& event) {
  const auto end = event.find(Field::kept_end);
  if (!end) return {};
  return end->integer() == static_cast<std::uint64_t>(KeptEnd::bound) ? "bound" : "flow";
}

}  // namespace

void FlowKeeper::take(const Event& event, const DecisionWriter& writer, std::vector<EvidenceDraft>& drafts) {
  const auto id = event.header().flow_id;
  auto known = by_id_.find(id);
  const auto before = event.find(Field::kept_before);
  if (!before) {  // a flow begins to be kept; one of that number whose end was lost ends here
    if (known != by_id_.end()) end(known->second, "tap", drafts);
    if (flows_.size() == flow_limit) end(flows_.begin(), "tap", drafts);
    Kept kept;
    kept.id = id;
    kept.beginning = writer.flow_draft(event);
    const auto said = kept.beginning.decision.dump().size() + frame_room;
    kept.room = writer.record_bytes() - std::min(said, writer.record_bytes());
    flows_.push_back(std::move(kept));
    by_id_[id] = std::prev(flows_.end());
    return;
  }
  if (known == by_id_.end()) return;  // the beginning was lost on the way: of whom this is nobody knows
  auto& kept = *known->second;
  // What the ring of events had no room for is missing, and said to be.
  if (before->integer() != kept.expected) kept.packets.is_whole = false;
  kept.expected = before->integer();
  if (auto packets = evidence_packets(event)) {
    for (const auto& packet : packets->packets) kept.expected += packet.bytes.size();
    add(kept, std::move(*packets), drafts);
  }
  if (const auto why = end_of(event); !why.empty()) end(known->second, why, drafts);
}

void FlowKeeper::add(Kept& kept, EvidencePackets packets, std::vector<EvidenceDraft>& drafts) {
  for (auto& packet : packets.packets) {
    const auto most = kept.room - std::min(kept.room, packet_room);
    const bool is_other_link = !kept.packets.packets.empty() && packets.link_type != kept.packets.link_type;
    if (!kept.packets.packets.empty() && (kept.used + packet_room + packet.bytes.size() > kept.room || is_other_link))
      drafts.push_back(part_of(kept, {}));
    if (packet.bytes.size() > most) {
      packet.bytes.resize(most);
      kept.packets.is_whole = false;
    }
    kept.used += packet_room + packet.bytes.size();
    kept.packets.link_type = packets.link_type;
    kept.packets.packets.push_back(std::move(packet));
  }
}

EvidenceDraft FlowKeeper::part_of(Kept& kept, std::string_view end) {
  auto draft = kept.beginning;
  draft.decision["part"] = {{"number", kept.part}};
  if (!end.empty()) draft.decision["part"]["end"] = end;
  draft.decision["capture"] = capture_document(kept.packets);
  draft.capture = kept.packets.capture();
  ++kept.part;
  kept.used = 0;
  kept.packets = EvidencePackets{};
  return draft;
}

void FlowKeeper::end(Flows::iterator kept, std::string_view why, std::vector<EvidenceDraft>& drafts) {
  drafts.push_back(part_of(*kept, why));
  by_id_.erase(kept->id);
  flows_.erase(kept);
}

void FlowKeeper::finish(std::vector<EvidenceDraft>& drafts) {
  while (!flows_.empty()) end(flows_.begin(), "tap", drafts);
}

}  // namespace sluice
