#include "dataplane/sets/permit_set.hh"

#include <algorithm>

namespace sluice {

void PermitSet::build(const ExceptionList& exceptions, const IndicatorRows& indicators,
                      const SignatureList& signatures) {
  for (const auto& exception : exceptions)
    if (exception.action == ExceptionAction::permit) permits_.push_back({exception, {}});
  if (permits_.empty()) return;
  for (std::uint32_t row = 0; row < indicators.size() + signatures.size(); ++row) {
    const auto rule_id =
        row < indicators.size() ? indicators.rule_id(row) : signatures[row - indicators.size()].facts.rule_id;
    for (auto& permit : permits_) {
      if (!permit.exception.names_rule(rule_id)) continue;
      if (!permit.rows.empty() && permit.rows.back().second + 1 == row)
        permit.rows.back().second = row;
      else
        permit.rows.emplace_back(row, row);
    }
  }
  std::erase_if(permits_, [](const Permit& permit) { return permit.rows.empty(); });
}

bool PermitSet::permits(std::uint32_t row, const HitPlace& place) const noexcept {
  return std::any_of(permits_.begin(), permits_.end(), [&](const Permit& permit) {
    const auto after = std::upper_bound(permit.rows.begin(), permit.rows.end(), row,
                                        [](std::uint32_t wanted, const auto& range) { return wanted < range.first; });
    return after != permit.rows.begin() && row <= std::prev(after)->second && permit.exception.covers(place);
  });
}

}  // namespace sluice
