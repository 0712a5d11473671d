#include "dataplane/sets/policy_set.hh"

#include <algorithm>
#include <map>

namespace sluice {

void PolicySet::build(const PolicyLines& lines, const IndicatorRows& indicators, const SignatureList& signatures) {
  lines_ = lines;
  if (lines_.empty()) return;
  // Making an id takes time, and a large pack has a million.
  const bool by_id = std::ranges::any_of(lines_, [](const PolicyLine& line) { return !line.rules.empty(); });
  std::map<std::vector<std::uint16_t>, std::uint32_t> known;
  std::vector<std::uint16_t> numbers;
  list_of_row_.reserve(indicators.size() + signatures.size());
  const auto add = [&](FindingClass finding_class, std::string_view recipient, std::string_view rule_id) {
    numbers.clear();
    for (std::size_t i = 0; i < lines_.size(); ++i)
      if (lines_[i].is_about(finding_class, recipient, rule_id)) numbers.push_back(static_cast<std::uint16_t>(i));
    const auto [list, fresh] = known.try_emplace(numbers, static_cast<std::uint32_t>(lists_.size()));
    if (fresh) lists_.push_back(numbers);
    list_of_row_.push_back(list->second);
  };
  indicators.visit([&](const IndicatorTarget& target) {
    add(target.finding_class, target.recipient, by_id ? indicators.rule_id(list_of_row_.size()) : std::string{});
  });
  for (const auto& signature : signatures)
    add(signature.facts.finding_class, signature.facts.recipient, signature.facts.rule_id);
}

const PolicyLine* PolicySet::find(std::uint32_t row, const HitPlace& place) const noexcept {
  if (lines_.empty()) return nullptr;
  for (const auto number : lists_[list_of_row_[row]])
    if (lines_[number].holds_at(place)) return &lines_[number];
  return nullptr;
}

}  // namespace sluice
