// What the signatures of a generation cost so far, all workers together: for people, and to be handed on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dataplane/match/generation.hh"
#include "dataplane/signatures/rule_cost.hh"

namespace sluice {

struct RuleReportRow {
  std::uint32_t row = 0;  // among the signatures; known where the report was made
  RuleLabel label;
  std::uint64_t checked = 0;
  std::uint64_t matched = 0;
  std::uint64_t sampled = 0;
  std::uint64_t cycles = 0;     // of what was sampled
  std::uint64_t estimated = 0;  // cycles of all: by worker, the mean of its samples for each time that it was tried
  std::uint64_t limits = 0;
  std::uint64_t skipped = 0;
  Suspension suspension = Suspension::none;
  std::int64_t suspended_ns = 0;  // when, since 1970
  bool exempt = false;            // never suspended, whatever it costs
};

struct RuleReport {
  std::uint32_t generation = 0;
  std::uint32_t signatures = 0;
  std::uint32_t workers = 0;
  std::uint64_t elapsed = 0;         // cycles of a worker, since the generation is live; 0 = not known
  std::vector<RuleReportRow> rules;  // by row; those that were never tried are left out
};

// Of one worker, the cycles of all tries.
[[nodiscard]] std::uint64_t estimated_cycles(std::uint64_t checked, std::uint64_t sampled,
                                             std::uint64_t cycles) noexcept;
// Workers may go on meanwhile.
[[nodiscard]] RuleReport rule_report(const Generation& generation);

}  // namespace sluice
