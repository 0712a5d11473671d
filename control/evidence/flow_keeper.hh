// Connections that a line of the policy keeps (`keep_flow`): their packets, gathered until they fill a record or the
// connection ends. Each record is a part that stands by itself: what the finding was, and packets in their order.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <vector>

#include "control/evidence/decision.hh"
#include "control/evidence/evidence_packets.hh"
#include "dataplane/event/event.hh"

namespace sluice {

class FlowKeeper {
 public:
  static constexpr std::size_t flow_limit = 1024;  // at a time, a record's size each; then the oldest is written

  // An event of a kept flow. `drafts`: records that are full, or the last of their flow, are added.
  void take(const Event& event, const DecisionWriter& writer, std::vector<EvidenceDraft>& drafts);
  // No more will come: what there is of each, as parts whose end was not seen.
  void finish(std::vector<EvidenceDraft>& drafts);

 private:
  struct Kept {
    std::uint64_t id = 0;
    EvidenceDraft beginning;     // without packets
    std::size_t room = 0;        // bytes of packets, and of what is said of them, in one record
    std::uint64_t expected = 0;  // bytes of the flow's packets before the next one
    std::uint32_t part = 1;
    std::size_t used = 0;
    EvidencePackets packets;
  };
  using Flows = std::list<Kept>;

  [[nodiscard]] static EvidenceDraft part_of(Kept& kept, std::string_view end);
  void end(Flows::iterator kept, std::string_view why, std::vector<EvidenceDraft>& drafts);
  static void add(Kept& kept, EvidencePackets packets, std::vector<EvidenceDraft>& drafts);

  Flows flows_;  // in the order in which they began
  std::map<std::uint64_t, Flows::iterator> by_id_;
};

}  // namespace sluice
