// What a record of evidence says of its finding: which rule of which ruleset looked for what, where that stands in the
// packets, and what was done. decision.schema.json has its form.
#pragma once

#include <string>
#include <string_view>

#include "control/eve/eve.hh"
#include "control/evidence/evidence_packets.hh"
#include "control/evidence/evidence_store.hh"
#include "dataplane/event/event.hh"

namespace sluice {

constexpr int decision_schema_version = 1;

// `capture` of a decision: what is said of its packets.
[[nodiscard]] nlohmann::ordered_json capture_document(const EvidencePackets& packets);

class DecisionWriter {
 public:
  // `context`: as of events. `boot_id`: which start of the machine its clock counts in; empty for a capture. `program`:
  // its version. A record may have `record_bytes`.
  DecisionWriter(EveContext context, std::string boot_id, std::string program, std::size_t record_bytes)
      : context_(std::move(context)),
        boot_id_(std::move(boot_id)),
        program_(std::move(program)),
        record_bytes_(record_bytes) {}
  void set_clock_state(ClockState state) noexcept { context_.clock_state = state; }
  void set_exceptions(std::shared_ptr<const ExceptionList> exceptions) noexcept {
    context_.exceptions = std::move(exceptions);
  }
  // Of the packets that follow.
  void set_capture(std::string path) { context_.pcap_filename = std::move(path); }

  [[nodiscard]] EvidenceDraft draft(const Event& alert) const;
  // Of the connection that it was made on, whose packets are kept: the same without any packet.
  [[nodiscard]] EvidenceDraft flow_draft(const Event& begin) const;
  [[nodiscard]] std::size_t record_bytes() const noexcept { return record_bytes_; }

 private:
  struct Subject;
  [[nodiscard]] Subject subject_of(const Event& alert) const;

  EveContext context_;
  std::string boot_id_;
  std::string program_;
  std::size_t record_bytes_;
};

}  // namespace sluice
