// Evidence of a replay: the folder that a tap would have made of the same packets.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "control/evidence/decision.hh"
#include "control/evidence/evidence_quota.hh"
#include "control/evidence/evidence_store.hh"
#include "control/evidence/flow_keeper.hh"

namespace sluice {

class ReplayEvidence {
 public:
  [[nodiscard]] static tl::expected<ReplayEvidence, std::string> open(const EvidenceOptions& options,
                                                                      const EveContext& context,
                                                                      const std::string& version);

  // The packets that follow are of this file.
  void set_capture(const std::string& path) { decisions_.set_capture(path); }
  // An alert, or an event of a flow that is kept.
  void consume(const Event& event);
  // Writes what is not written yet.
  void flush();
  // Why the folder could not be written; empty where it could.
  [[nodiscard]] const std::string& complaint() const noexcept { return complaint_; }
  [[nodiscard]] const EvidenceCounts& counts() const noexcept { return counts_; }
  [[nodiscard]] const ChainHead& head() const noexcept { return store_.head(); }

 private:
  static constexpr std::size_t batch_limit = 64;

  void put(EvidenceDraft draft, Tick time);

  ReplayEvidence(EvidenceStore store, const EvidenceOptions& options, const EveContext& context,
                 const std::string& version, const EvidenceCounts& counts)
      : store_(std::move(store)),
        quota_(options.device_hour_records),
        decisions_(context, {}, version, options.record_bytes),
        counts_(counts) {}

  EvidenceStore store_;
  EvidenceQuota quota_;
  DecisionWriter decisions_;
  FlowKeeper keeper_;
  EvidenceCounts counts_;
  std::vector<EvidenceDraft> drafts_;
  std::string complaint_;
};

}  // namespace sluice
