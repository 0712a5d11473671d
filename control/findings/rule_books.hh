// What is known of the rules that judged the events at hand: facts and digest by generation. The control plane hears of
// a generation later than its first events come, and needs the ones before for events that still lie in a ring.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "rules/pack/rule_book.hh"

namespace sluice {

struct RulesAtHand {
  std::uint32_t generation = 0;
  std::string digest;                    // of the ruleset, hex; empty where there are no rules, or it is not known yet
  std::shared_ptr<const RuleBook> book;  // null until the rules are known
};

class RuleBooks {
 public:
  // Generations that are kept; the one that was heard of first goes first. The data plane has two at most alive.
  static constexpr std::size_t limit = 4;

  // Adds to what is known of that generation: a digest that is not empty, a book that is not null.
  void add(std::uint32_t generation, std::string digest, std::shared_ptr<const RuleBook> book = nullptr);
  // Generations count from 1 again when the data plane restarts.
  void clear() noexcept { known_.clear(); }

  [[nodiscard]] const RulesAtHand* find(std::uint32_t generation) const noexcept;
  // The facts; null where they are not known.
  [[nodiscard]] const RuleBook* book(std::uint32_t generation) const noexcept;

 private:
  RulesAtHand& entry(std::uint32_t generation);

  std::deque<RulesAtHand> known_;
};

}  // namespace sluice
