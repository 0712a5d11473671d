#include "dataplane/sets/ruleset.hh"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::uint32_t no_row = 0xffffffff;
constexpr std::size_t name_limit = 253;

// FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), fed from the last byte to the first, so that the hash of
// every suffix of a name falls out of one walk over it.
constexpr std::uint64_t hash_start = 0xcbf29ce484222325;
constexpr std::uint64_t step(std::uint64_t hash, char byte) noexcept {
  return (hash ^ static_cast<std::uint8_t>(byte)) * 0x100000001b3;
}
// FNV's low bits are weak in the first bytes: what says where to look, the upper half, takes a spread of all.
constexpr std::uint64_t spread(std::uint64_t hash) noexcept { return (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15; }
constexpr std::uint32_t lower_half(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash); }

std::uint64_t hash_of(std::string_view name) noexcept {
  auto hash = hash_start;
  for (auto at = name.rbegin(); at != name.rend(); ++at) hash = step(hash, *at);
  return hash;
}

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; }

}  // namespace

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
  std::size_t text = known_answer_.name.size();
  ranges_.add({known_answer_.address, known_answer_.address}, known + 1);
  indicators.visit([&](const IndicatorTarget& target) {
    const auto row = static_cast<std::uint32_t>(rules_.size());
    rules_.push_back({target.kind, target.confidence, SignatureAction::alert, target.finding_class, target.breaks});
    auto& rule = rules_.back();
    rule.expire_at(target.expires_ns);
    if (rule.is_name()) {
      ++names;
      text += target.name.size();
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
  next_row_.assign(known + known_rows, no_row);
  names_.resize(names + names / 2 + 1);  // at least one stays empty
  names_text_.reserve(text);
  std::uint32_t row = 0;
  indicators.visit([&](const IndicatorTarget& target) {
    if (rules_[row].is_name()) add_name(target.name, row);
    ++row;
  });
  add_name(known_answer_.name, known);
}

// Two thirds of the slots are taken at most, so that what is not there is told within a cache line or two.
std::size_t Ruleset::slot_of(std::uint64_t hash) const noexcept {
  return static_cast<std::size_t>((spread(hash) >> 32) * names_.size() >> 32);
}

void Ruleset::add_name(std::string_view name, std::uint32_t row) {
  if (name.empty() || name.size() > name_limit) return;
  const auto hash = hash_of(name);
  auto slot = slot_of(hash);
  for (; names_[slot].length != 0; slot = slot + 1 == names_.size() ? 0 : slot + 1) {
    const auto& taken = names_[slot];
    if (taken.hash != lower_half(hash) || names_text_.compare(taken.text, taken.length, name) != 0) continue;
    auto last = taken.first_row;
    while (next_row_[last] != no_row) last = next_row_[last];
    next_row_[last] = row;
    return;
  }
  names_[slot] = {lower_half(hash), static_cast<std::uint32_t>(names_text_.size()), row,
                  static_cast<std::uint8_t>(name.size())};
  names_text_ += name;
}

const Ruleset::Name* Ruleset::find_name(std::string_view suffix, std::uint64_t hash) const noexcept {
  auto slot = slot_of(hash);
  for (; names_[slot].length != 0; slot = slot + 1 == names_.size() ? 0 : slot + 1) {
    const auto& name = names_[slot];
    if (name.hash == lower_half(hash) && std::string_view{names_text_}.substr(name.text, name.length) == suffix)
      return &name;
  }
  return nullptr;
}

void Ruleset::match_name(std::string_view wire_name, Hits& hits) const noexcept {
  if (!wire_name.empty() && wire_name.back() == '.') wire_name.remove_suffix(1);
  if (wire_name.empty() || wire_name.size() > name_limit) return;
  std::array<char, name_limit> buffer;
  std::transform(wire_name.begin(), wire_name.end(), buffer.begin(), lower);
  const std::string_view name{buffer.data(), wire_name.size()};

  // Each start of a label is one look-up. All are known before the first is made, so that memory answers them together.
  struct Suffix {
    std::uint64_t hash;
    std::size_t at;
  };
  std::array<Suffix, (name_limit + 1) / 2> suffixes;
  std::size_t count = 0;
  auto hash = hash_start;
  for (auto at = name.size(); at-- > 0;) {
    hash = step(hash, name[at]);
    if (at != 0 && name[at - 1] != '.') continue;
    if (count == suffixes.size()) break;  // more dots than a name has: empty labels
    suffixes[count++] = {hash, at};
    __builtin_prefetch(&names_[slot_of(hash)]);
  }
  for (std::size_t i = 0; i < count; ++i) {
    const auto at = suffixes[i].at;
    const auto* entry = find_name(name.substr(at), suffixes[i].hash);
    if (entry == nullptr) continue;
    for (auto row = entry->first_row; row != no_row; row = next_row_[row])
      if (at == 0 || rules_[row].kind == RuleKind::domain) hits.add(row);
  }
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
