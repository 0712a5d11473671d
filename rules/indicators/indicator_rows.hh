// The indicators of a generation in the order of their rows, wherever they lie: in a list in memory, or in packs that
// are read in place. What looks rows up is built from these, a row at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "rules/facts/rule_facts.hh"
#include "rules/indicators/indicator.hh"
#include "rules/indicators/row_names.hh"
#include "rules/names/address.hh"

namespace sluice {

// What of a row the packet's way needs to know. The name lives as long as the call that shows it.
struct IndicatorTarget {
  RuleKind kind{};
  FindingClass finding_class{};
  Confidence confidence{};
  std::int64_t expires_ns = 0;  // as RuleFacts
  std::string_view name;        // as Indicator
  AddressRange range;
  std::string_view recipient;  // as RuleFacts; lives as long as the name
  Breaks breaks{};             // of a list of the site's own without such a text: nothing, since the site wrote it
};

[[nodiscard]] inline Breaks breaks_in(std::string_view text, bool is_own) noexcept {
  const auto breaks = breaks_of(text);
  return is_own && breaks == Breaks::unknown ? Breaks::nothing : breaks;
}

class IndicatorRows {
 public:
  using Visitor = std::function<void(const IndicatorTarget& target)>;

  virtual ~IndicatorRows() = default;
  [[nodiscard]] virtual std::size_t size() const noexcept = 0;
  // Every row, in order.
  virtual void visit(const Visitor& visitor) const = 0;
  [[nodiscard]] virtual std::string rule_id(std::size_t row) const = 0;
  // Of every row, for longer than the rows themselves are held.
  [[nodiscard]] virtual std::shared_ptr<const RowNames> names() const = 0;
};

class ListedIndicators final : public IndicatorRows {
 public:
  // The list must outlive this. Its last `packed` rows came in packs, the others are of the site's own lists.
  explicit ListedIndicators(const IndicatorList& list, std::size_t packed = 0) noexcept
      : list_(&list), own_(list.size() - packed) {}

  [[nodiscard]] std::size_t size() const noexcept override { return list_->size(); }
  void visit(const Visitor& visitor) const override {
    std::size_t number = 0;
    for (const auto& row : *list_)
      visitor({row.facts.kind, row.facts.finding_class, row.facts.confidence, row.facts.expires_ns, row.name, row.range,
               row.facts.recipient, breaks_in(row.facts.breaks, number++ < own_)});
  }
  [[nodiscard]] std::string rule_id(std::size_t row) const override { return (*list_)[row].facts.rule_id; }
  [[nodiscard]] std::shared_ptr<const RowNames> names() const override {
    auto names = std::make_shared<CopiedNames>();
    for (const auto& row : *list_) names->add(row.name);
    return names;
  }

 private:
  const IndicatorList* list_;
  std::size_t own_;
};

}  // namespace sluice
