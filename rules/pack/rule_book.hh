// The facts of all rules of a generation, by row (`rule_row` in events): indicators first, then signatures. In memory,
// or read out of the packs when they are asked for: of a million rows a tap's events name a few.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "rules/facts/rule_facts.hh"
#include "rules/facts/rule_list.hh"
#include "rules/pack/pack_view.hh"

namespace sluice {

class RuleBook {
 public:
  RuleBook() = default;
  explicit RuleBook(std::vector<RuleFacts> facts, std::vector<RuleWritten> signatures = {});
  explicit RuleBook(const RuleList& rules);
  // Of several packs in the order of their rows.
  explicit RuleBook(std::vector<PackView> packs);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  // Rows of packs that are remembered as they were read; then all are read anew.
  static constexpr std::size_t remembered_limit = 4096;

  // Null behind the last row. The same row gives the same object, as long as it is remembered. On any thread.
  [[nodiscard]] std::shared_ptr<const RuleFacts> facts(std::size_t row) const;
  // As its author wrote it; nothing of an indicator, whose row its facts are, and behind the last row.
  [[nodiscard]] std::optional<RuleWritten> written(std::size_t row) const;
  // How many rows are of each kind, by its number.
  [[nodiscard]] std::array<std::size_t, rule_kinds> count_by_kind() const;

 private:
  // What holds a row, and which one it is there.
  struct Place {
    const PackView* pack;
    std::size_t row;
  };
  struct Remembered {
    std::mutex mutex;
    std::unordered_map<std::size_t, std::shared_ptr<const RuleFacts>> facts;  // by row
  };
  [[nodiscard]] Place place_of(std::size_t row) const noexcept;

  std::shared_ptr<const std::vector<RuleFacts>> listed_;     // null where packs hold them
  std::shared_ptr<const std::vector<RuleWritten>> written_;  // the same; of the last rows, which are the signatures
  std::vector<PackView> packs_;
  std::shared_ptr<Remembered> remembered_;  // of the packs
  std::size_t indicators_ = 0;              // of the packs
  std::size_t size_ = 0;
};

}  // namespace sluice
