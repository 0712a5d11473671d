#include "rules/pack/rule_book.hh"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

std::vector<RuleFacts> facts_of(const RuleList& rules) {
  std::vector<RuleFacts> facts;
  facts.reserve(rules.size());
  for (std::size_t row = 0; row < rules.size(); ++row) facts.push_back(rules.facts(row));
  return facts;
}

std::vector<RuleWritten> written_of(const SignatureList& signatures) {
  std::vector<RuleWritten> written;
  written.reserve(signatures.size());
  for (const auto& signature : signatures) written.push_back({signature.text, signature.file, signature.line});
  return written;
}

}  // namespace

RuleBook::RuleBook(std::vector<RuleFacts> facts, std::vector<RuleWritten> signatures)
    : listed_(std::make_shared<const std::vector<RuleFacts>>(std::move(facts))),
      written_(std::make_shared<const std::vector<RuleWritten>>(std::move(signatures))),
      size_(listed_->size()) {}

RuleBook::RuleBook(const RuleList& rules) : RuleBook(facts_of(rules), written_of(rules.signatures)) {}

RuleBook::RuleBook(std::vector<PackView> packs)
    : packs_(std::move(packs)), remembered_(std::make_shared<Remembered>()) {
  for (const auto& pack : packs_) {
    indicators_ += pack.indicators();
    size_ += pack.size();
  }
}

RuleBook::Place RuleBook::place_of(std::size_t row) const noexcept {
  const bool is_signature = row >= indicators_;
  if (is_signature) row -= indicators_;
  for (const auto& pack : packs_) {
    const auto count = is_signature ? pack.signatures() : pack.indicators();
    if (row < count) return {&pack, is_signature ? pack.indicators() + row : row};
    row -= count;
  }
  return {nullptr, 0};
}

std::shared_ptr<const RuleFacts> RuleBook::facts(std::size_t row) const {
  if (row >= size_) return nullptr;
  if (listed_) return {listed_, &(*listed_)[row]};
  const std::lock_guard lock{remembered_->mutex};
  auto& known = remembered_->facts;
  if (const auto found = known.find(row); found != known.end()) return found->second;
  const auto place = place_of(row);
  if (known.size() >= remembered_limit) known.clear();
  return known[row] = std::make_shared<const RuleFacts>(place.pack->facts(place.row));
}

std::optional<RuleWritten> RuleBook::written(std::size_t row) const {
  if (row >= size_) return std::nullopt;
  if (!listed_) {
    const auto place = place_of(row);
    return place.pack->written(place.row);
  }
  const auto first = size_ - std::min(size_, written_->size());
  return row < first ? std::nullopt : std::optional{(*written_)[row - first]};
}

std::array<std::size_t, rule_kinds> RuleBook::count_by_kind() const {
  std::array<std::size_t, rule_kinds> counts{};
  if (listed_)
    for (const auto& facts : *listed_) ++counts[static_cast<std::size_t>(facts.kind)];
  for (const auto& pack : packs_)
    for (std::size_t row = 0; row < pack.size(); ++row) ++counts[static_cast<std::size_t>(pack.kind(row))];
  return counts;
}

}  // namespace sluice
