// `sluice replay`: capture files through the same pipeline that works on a wire, at the capture's own time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "control/eve/eve.hh"
#include "control/evidence/evidence_store.hh"
#include "control/findings/findings.hh"
#include "control/replay/survey.hh"
#include "control/tap/statistics.hh"
#include "dataplane/pipeline/pipeline.hh"

namespace sluice {

struct ReplayOptions {
  std::vector<std::string> captures;
  std::uint32_t workers = 1;
  InsideChoice inside;
  bool continue_state = false;  // one run over all captures, flows and all; else each capture is a run of its own
  PipelineOptions pipeline;
  std::string eve_path;    // empty = none; "-" = standard output
  std::string write_path;  // empty = none
  std::optional<EvidenceOptions> evidence{};
  std::string version{};  // of the program, for records of evidence
  bool progress = false;  // a bar on standard error where a capture takes long
};

enum class ReplayEnd : std::uint8_t {
  complete,
  unreadable,  // a capture's container could not be read at all
  failed,      // an output could not be written
};

// Replays all captures; what it learns goes into `statistics` and `findings`, complaints to standard error.
// `generation` is built from context.rules, for at least options.workers workers.
[[nodiscard]] ReplayEnd replay(const ReplayOptions& options, const Generation& generation, const EveContext& context,
                               Statistics& statistics, FindingsTable& findings);

}  // namespace sluice
