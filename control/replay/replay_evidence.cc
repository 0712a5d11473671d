#include "control/replay/replay_evidence.hh"

#include <chrono>
#include <utility>

#include "control/tap/system_clock.hh"

namespace sluice {
namespace {

// The chain says when it was written, by the machine's clock; the capture's time stands in the records.
}  // namespace

tl::expected<ReplayEvidence, std::string> ReplayEvidence::open(const EvidenceOptions& options,
                                                               const EveContext& context, const std::string& version) {
  EvidenceCounts counts;
  auto store = EvidenceStore::open(options, text_of(system_clock_state()), wall_time(), counts);
  if (!store) return tl::unexpected(store.error());
  return ReplayEvidence{std::move(*store), options, context, version, counts};
}

void ReplayEvidence::consume(const Event& event) {
  const auto time = event.header().time;
  if (event.header().type == EventType::alert) return put(decisions_.draft(event), time);
  std::vector<EvidenceDraft> parts;
  keeper_.take(event, decisions_, parts);
  for (auto& part : parts) put(std::move(part), time);
}

void ReplayEvidence::put(EvidenceDraft draft, Tick time) {
  if (!quota_.take(draft.device, time)) return counts_.refuse(EvidenceRefusal::device_hour);
  drafts_.push_back(std::move(draft));
  if (drafts_.size() >= batch_limit) flush();
}

void ReplayEvidence::flush() {
  if (drafts_.empty() || !complaint_.empty()) return drafts_.clear();
  if (const auto written = store_.write(drafts_, wall_time(), counts_); !written) complaint_ = written.error();
  drafts_.clear();
}

}  // namespace sluice
