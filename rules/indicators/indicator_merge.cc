#include "rules/indicators/indicator_merge.hh"

#include <algorithm>
#include <array>
#include <string_view>

#include "rules/indicators/indicator_row.hh"

namespace sluice {
namespace {

// What decides about a match, as one text.
std::string key_of(const Indicator& indicator) {
  std::string key(1, static_cast<char>(indicator.facts.kind));
  if (!indicator.name.empty()) return key += indicator.name;
  for (const auto* const address : {&indicator.range.first, &indicator.range.last})
    key.append(reinterpret_cast<const char*>(address->bytes.data()), address->bytes.size());
  return key;
}

void join_texts(std::string& into, const std::string& other) {
  if (other.empty() || into == other) return;
  if (into.empty()) {
    into = other;
    return;
  }
  constexpr std::string_view between = "; ";
  // Whole parts only: "a" is no part of "ab; c".
  const auto known = std::string(between) + into + std::string(between);
  for (std::size_t at = 0; at <= other.size();) {
    const auto end = std::min(other.find(between, at), other.size());
    const auto part = other.substr(at, end - at);
    at = end + between.size();
    if (part.empty() || known.find(std::string(between) + part + std::string(between)) != std::string::npos) continue;
    if (into.size() + between.size() + part.size() > list_cell_size_limit) return;
    into.append(between).append(part);
  }
}

// FIRST, Traffic Light Protocol 2.0; from the freest on.
std::size_t strictness(std::string_view label) {
  constexpr std::array<std::string_view, 6> labels{"", "clear", "green", "amber", "amber+strict", "red"};
  return static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) - labels.begin());
}

}  // namespace

void merge_facts(RuleFacts& into, const RuleFacts& other) {
  for (const auto text : {&RuleFacts::source, &RuleFacts::licence, &RuleFacts::purpose, &RuleFacts::carries})
    join_texts(into.*text, other.*text);
  for (const auto text : {&RuleFacts::recipient, &RuleFacts::role, &RuleFacts::breaks})
    if ((into.*text).empty()) into.*text = other.*text;
  into.confidence = std::max(into.confidence, other.confidence);
  if (strictness(into.tlp) < strictness(other.tlp)) into.tlp = other.tlp;
  if (into.first_seen.empty() || (!other.first_seen.empty() && other.first_seen < into.first_seen))
    into.first_seen = other.first_seen;
  into.last_verified = std::max(into.last_verified, other.last_verified);
  const bool forever = into.expires_ns == 0 || other.expires_ns == 0;
  if (forever || other.expires_ns > into.expires_ns) {
    into.expires = forever ? std::string() : other.expires;
    into.expires_ns = forever ? 0 : other.expires_ns;
  }
}

std::optional<std::size_t> IndicatorMerge::find(const Indicator& indicator) const {
  const auto known = rows_.find(key_of(indicator));
  if (known == rows_.end()) return std::nullopt;
  return known->second;
}

IndicatorMerge::Added IndicatorMerge::add(IndicatorList& list, Indicator indicator) {
  const auto [known, fresh] = rows_.try_emplace(key_of(indicator), list.size());
  if (fresh) {
    list.push_back(std::move(indicator));
    return Added::fresh;
  }
  auto& first = list[known->second];
  if (first.facts.finding_class != indicator.facts.finding_class) return Added::other_class;
  merge_facts(first.facts, indicator.facts);
  return Added::merged;
}

}  // namespace sluice
