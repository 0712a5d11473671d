#include "dataplane/ruleset.hh"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>

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
// FNV's low bits are weak in the first bytes; the table index takes a spread of all.
constexpr std::uint64_t spread(std::uint64_t hash) noexcept { return (hash ^ (hash >> 32)) * 0x9e3779b97f4a7c15 >> 20; }

std::uint64_t hash_of(std::string_view name) noexcept {
  auto hash = hash_start;
  for (auto at = name.rbegin(); at != name.rend(); ++at) hash = step(hash, *at);
  return hash;
}

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; }

// The address after `address`, or nothing after the last one.
std::optional<Address> successor(Address address) {
  for (auto byte = address.bytes.rbegin(); byte != address.bytes.rend(); ++byte)
    if (++*byte != 0) return address;
  return std::nullopt;
}

Address predecessor(Address address) {
  for (auto byte = address.bytes.rbegin(); byte != address.bytes.rend(); ++byte)
    if ((*byte)-- != 0) break;
  return address;
}

}  // namespace

void Hits::add(std::uint32_t row, bool is_silent) noexcept {
  if (count == limit) return;
  silent |= static_cast<std::uint16_t>((is_silent ? 1U : 0U) << count);
  rows[count++] = row;
}

Ruleset::Ruleset(const RuleList& list, std::uint32_t generation) : generation_(generation) {
  rules_.reserve(list.size());
  for (const auto& row : list.indicators)
    rules_.push_back(
        {row.facts.kind, row.facts.confidence, SignatureAction::alert, row.facts.expires_ns, row.facts.finding_class});
  for (const auto& row : list.signatures)
    rules_.push_back({row.facts.kind, row.facts.confidence, row.action, row.facts.expires_ns, row.facts.finding_class});
  build_names(list.indicators);
  build_intervals(list.indicators);
  build_fingerprints(list.indicators);
  for (const auto& rule : rules_) kinds_ |= 1U << static_cast<unsigned>(rule.kind);
}

void Ruleset::build_names(const IndicatorList& list) {
  const auto slots = std::bit_ceil(std::max<std::size_t>(2, list.size() * 2));
  names_.resize(slots);
  next_row_.assign(list.size(), no_row);
  for (auto row = static_cast<std::uint32_t>(list.size()); row-- > 0;) {  // backwards: chains come out in list order
    const auto& name = list[row].name;
    if (!rules_[row].is_name() || name.empty() || name.size() > name_limit) continue;
    const auto hash = hash_of(name);
    auto slot = spread(hash) & (slots - 1);
    while (names_[slot].length != 0) {
      const auto& taken = names_[slot];
      if (taken.hash == hash && names_text_.compare(taken.text, taken.length, name) == 0) break;
      slot = (slot + 1) & (slots - 1);
    }
    auto& entry = names_[slot];
    if (entry.length == 0) {
      entry = {hash, static_cast<std::uint32_t>(names_text_.size()), static_cast<std::uint8_t>(name.size()), no_row};
      names_text_ += name;
    }
    next_row_[row] = entry.first_row;
    entry.first_row = row;
  }
}

void Ruleset::build_intervals(const IndicatorList& list) {
  // A sweep over the ends of all ranges: between two neighbouring ends the set of containing rows is constant.
  std::map<Address, std::pair<std::vector<std::uint32_t>, std::vector<std::uint32_t>>> ends;  // rows in, rows out
  for (std::uint32_t row = 0; row < list.size(); ++row) {
    if (!rules_[row].is_address()) continue;
    ends[list[row].range.first].first.push_back(row);
    if (const auto after = successor(list[row].range.last)) ends[*after].second.push_back(row);
  }
  std::vector<std::uint32_t> inside;
  for (auto at = ends.begin(); at != ends.end(); ++at) {
    for (const auto row : at->second.second) std::erase(inside, row);
    inside.insert(inside.end(), at->second.first.begin(), at->second.first.end());
    if (inside.empty()) continue;
    const auto next = std::next(at);
    Address last;
    last.bytes.fill(0xff);
    if (next != ends.end()) last = predecessor(next->first);
    intervals_.push_back({at->first, last, static_cast<std::uint32_t>(interval_rows_.size()),
                          static_cast<std::uint32_t>(inside.size())});
    auto sorted = inside;
    std::sort(sorted.begin(), sorted.end());
    interval_rows_.insert(interval_rows_.end(), sorted.begin(), sorted.end());
  }
}

// Sorted, and looked up by halving: once a handshake, and the texts of the kinds never look alike.
void Ruleset::build_fingerprints(const IndicatorList& list) {
  for (std::uint32_t row = 0; row < list.size(); ++row)
    if (!rules_[row].is_name() && !rules_[row].is_address()) fingerprints_.emplace_back(list[row].name, row);
  std::sort(fingerprints_.begin(), fingerprints_.end());
}

const Ruleset::Name* Ruleset::find_name(std::string_view suffix, std::uint64_t hash) const noexcept {
  auto slot = spread(hash) & (names_.size() - 1);
  for (; names_[slot].length != 0; slot = (slot + 1) & (names_.size() - 1)) {
    const auto& name = names_[slot];
    if (name.hash == hash && std::string_view{names_text_}.substr(name.text, name.length) == suffix) return &name;
  }
  return nullptr;
}

void Ruleset::match_name(std::string_view wire_name, Hits& hits) const noexcept {
  if (!wire_name.empty() && wire_name.back() == '.') wire_name.remove_suffix(1);
  if (wire_name.empty() || wire_name.size() > name_limit) return;
  std::array<char, name_limit> buffer;
  std::transform(wire_name.begin(), wire_name.end(), buffer.begin(), lower);
  const std::string_view name{buffer.data(), wire_name.size()};

  auto hash = hash_start;
  for (auto at = name.size(); at-- > 0;) {
    hash = step(hash, name[at]);
    const bool whole = at == 0;
    if (!whole && name[at - 1] != '.') continue;  // only at the start of a label
    const auto* entry = find_name(name.substr(at), hash);
    if (entry == nullptr) continue;
    for (auto row = entry->first_row; row != no_row; row = next_row_[row])
      if (whole || rules_[row].kind == RuleKind::domain) hits.add(row);
  }
}

void Ruleset::match_address(const Address& address, Hits& hits) const noexcept {
  const auto after = std::upper_bound(intervals_.begin(), intervals_.end(), address,
                                      [](const Address& a, const Interval& b) { return a < b.first; });
  if (after == intervals_.begin()) return;
  const auto& interval = *std::prev(after);
  if (interval.last < address) return;
  for (std::uint32_t i = 0; i < interval.count; ++i) hits.add(interval_rows_[interval.rows + i]);
}

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
