// The site's policy by the rows of one generation. Looked at where something was found.
#pragma once

#include <cstdint>
#include <vector>

#include "rules/indicators/indicator_rows.hh"
#include "rules/policy/policy_line.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

class PolicySet {
 public:
  void build(const PolicyLines& lines, const IndicatorRows& indicators, const SignatureList& signatures);
  // The first line that holds there for that row; null where none does.
  [[nodiscard]] const PolicyLine* find(std::uint32_t row, const HitPlace& place) const noexcept;

 private:
  PolicyLines lines_;
  // Rows that the same lines are about share a list of their numbers. Empty without lines.
  std::vector<std::vector<std::uint16_t>> lists_;
  std::vector<std::uint32_t> list_of_row_;
};

}  // namespace sluice
