#include "dataplane/sets/ruleset.hh"

#include <algorithm>

namespace sluice {

Ruleset::Ruleset(const RuleRows& rules, std::uint32_t generation)
    : generation_(generation),
      known_answer_(KnownAnswer::of_generation(generation)),
      never_block_(rules.policy.never_block),
      sinkhole_(rules.policy.sinkhole),
      lapses_(rules.policy.lapses),
      held_(rules.indicators.size() + rules.signatures.size()) {
  const auto listed = rules.indicators.size() + rules.signatures.size();
  rules_.reserve(listed + known_rows);
  add_indicators(rules.indicators, static_cast<std::uint32_t>(listed));
  for (const auto& row : rules.signatures) {
    rules_.push_back(
        {row.facts.kind, row.facts.confidence, row.action, row.facts.finding_class, breaks_of(row.facts.breaks)});
    rules_.back().expire_at(row.facts.expires_ns);
  }
  permits_.build(rules.exceptions, rules.indicators, rules.signatures);
  policy_.build(rules.policy.lines, rules.indicators, rules.signatures);
  traffic_.build(rules.policy);
  for (const auto& line : rules.policy.lines)
    if (line.limit.id != 0) limits_.push_back(line.limit);
  for (const auto& line : rules.policy.traffic)
    if (line.limit.id != 0) limits_.push_back(line.limit);
  std::ranges::sort(limits_, {}, &RateLimit::id);
  for (const auto& rule : rules_) kinds_ |= 1U << static_cast<unsigned>(rule.kind);
  add_known_rows();
}

Ruleset::Ruleset(const RuleList& list, std::uint32_t generation)
    : Ruleset(RuleRows{ListedIndicators{list.indicators, list.packed}, list.signatures, list.exceptions, list.policy},
              generation) {}

// What they hit is never blocked, whatever the policy says of addresses: something "breaks".
void Ruleset::add_known_rows() {
  for (const auto kind : {RuleKind::host, RuleKind::ip})
    rules_.push_back({kind, Confidence::low, SignatureAction::alert, FindingClass::unclassified, Breaks::something});
}

// Twice over the rows: the second time it is known how much room the names take.
void Ruleset::add_indicators(const IndicatorRows& indicators, std::uint32_t known) {
  std::size_t names = 1;
  ranges_.add({known_answer_.address, known_answer_.address}, known + 1);
  indicators.visit([&](const IndicatorTarget& target) {
    const auto row = static_cast<std::uint32_t>(rules_.size());
    rules_.push_back({target.kind, target.confidence, SignatureAction::alert, target.finding_class, target.breaks});
    auto& rule = rules_.back();
    rule.expire_at(target.expires_ns);
    if (rule.is_name()) {
      ++names;
    } else if (rule.is_address()) {
      ranges_.add(target.range, row);
    } else if (is_fingerprint(rule.kind)) {
      fingerprints_.emplace_back(target.name, row);
    } else {
      urls_.add(target.name, row);
    }
  });
  ranges_.index();
  std::sort(fingerprints_.begin(), fingerprints_.end());
  urls_.index();
  names_.reserve(names, indicators.names(), std::string{known_answer_.name});
  std::uint32_t row = 0;
  indicators.visit([&](const IndicatorTarget& target) {
    const auto& rule = rules_[row];
    if (rule.is_name()) names_.add(target.name, row, rule.kind == RuleKind::domain);
    ++row;
  });
  names_.add(known_answer_.name, known, false);
}

void Ruleset::match_address(const Address& address, Hits& hits) const noexcept {
  for (const auto row : ranges_.find(address)) hits.add(row);
}

std::uint32_t Ruleset::rate_of(std::uint32_t limit) const noexcept {
  const auto found = std::ranges::lower_bound(limits_, limit, {}, &RateLimit::id);
  return found != limits_.end() && found->id == limit ? found->kbit_per_s : 0;
}

// By halving: once a handshake. The texts of the kinds never look alike.
void Ruleset::match_fingerprint(std::string_view fingerprint, Hits& hits) const noexcept {
  auto at = std::lower_bound(fingerprints_.begin(), fingerprints_.end(), fingerprint,
                             [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  for (; at != fingerprints_.end() && at->first == fingerprint; ++at) hits.add(at->second);
}

bool Ruleset::any_of(const Hits& hits, FindingClass finding_class, Tick now) const noexcept {
  return std::any_of(hits.begin(), hits.end(), [&](std::uint32_t row) {
    return rules_[row].finding_class == finding_class && !rules_[row].is_expired(now);
  });
}

}  // namespace sluice
