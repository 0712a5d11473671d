#include "dataplane/match/rule_report.hh"

#include <utility>

namespace sluice {

std::uint64_t estimated_cycles(std::uint64_t checked, std::uint64_t sampled, std::uint64_t cycles) noexcept {
  if (sampled == 0) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(cycles) / static_cast<double>(sampled) *
                                    static_cast<double>(checked));
}

RuleReport rule_report(const Generation& generation) {
  RuleReport report;
  report.generation = generation.number();
  report.signatures = static_cast<std::uint32_t>(generation.labels.size());
  report.workers = static_cast<std::uint32_t>(generation.scratch.size());
  for (std::size_t row = 0; row < generation.labels.size(); ++row) {
    RuleReportRow sum;
    sum.row = static_cast<std::uint32_t>(row);
    for (const auto& scratch : generation.scratch) {
      const auto& cost = scratch->costs()[row];
      const auto checked = cost.checked.value();
      sum.checked += checked;
      sum.matched += cost.matched.value();
      sum.sampled += cost.sampled.value();
      sum.cycles += cost.cycles.value();
      sum.estimated += estimated_cycles(checked, cost.sampled.value(), cost.cycles.value());
      sum.limits += cost.limits.value();
      sum.skipped += cost.skipped.value();
    }
    if (sum.checked == 0 && sum.skipped == 0) continue;
    sum.label = generation.labels[row];
    report.rules.push_back(std::move(sum));
  }
  return report;
}

}  // namespace sluice
