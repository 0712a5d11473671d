#include "control/findings/rule_books.hh"

#include <algorithm>
#include <utility>

namespace sluice {

RulesAtHand& RuleBooks::entry(std::uint32_t generation) {
  const auto found = std::find_if(known_.begin(), known_.end(),
                                  [&](const RulesAtHand& rules) { return rules.generation == generation; });
  if (found != known_.end()) return *found;
  if (known_.size() == limit) known_.pop_front();
  return known_.emplace_back(RulesAtHand{generation, {}, nullptr});
}

void RuleBooks::add(std::uint32_t generation, std::string digest, std::shared_ptr<const RuleBook> book) {
  auto& rules = entry(generation);
  if (!digest.empty()) rules.digest = std::move(digest);
  if (book != nullptr) rules.book = std::move(book);
}

const RulesAtHand* RuleBooks::find(std::uint32_t generation) const noexcept {
  for (const auto& rules : known_)
    if (rules.generation == generation) return &rules;
  return nullptr;
}

const RuleBook* RuleBooks::book(std::uint32_t generation) const noexcept {
  const auto* rules = find(generation);
  return rules != nullptr ? rules->book.get() : nullptr;
}

}  // namespace sluice
