#include "dataplane/permit_set.hh"

#include <algorithm>

namespace sluice {

void PermitSet::build(const RuleList& list) {
  for (const auto& exception : list.exceptions) {
    if (exception.action != ExceptionAction::permit) continue;
    Permit permit{exception, {}};
    for (std::uint32_t row = 0; row < list.size(); ++row) {
      if (!exception.names_rule(list.facts(row).rule_id)) continue;
      if (!permit.rows.empty() && permit.rows.back().second + 1 == row)
        permit.rows.back().second = row;
      else
        permit.rows.emplace_back(row, row);
    }
    if (!permit.rows.empty()) permits_.push_back(std::move(permit));
  }
}

bool PermitSet::permits(std::uint32_t row, const ExceptionPlace& place) const noexcept {
  return std::any_of(permits_.begin(), permits_.end(), [&](const Permit& permit) {
    const auto after = std::upper_bound(permit.rows.begin(), permit.rows.end(), row,
                                        [](std::uint32_t wanted, const auto& range) { return wanted < range.first; });
    return after != permit.rows.begin() && row <= std::prev(after)->second && permit.exception.covers(place);
  });
}

}  // namespace sluice
