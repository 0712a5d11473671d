// Rows that match the same are one row: who says so, all of them, stands in its source.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "rules/indicators/indicator.hh"

namespace sluice {

// Sources, licences, purposes and what is carried: both, each once, as long as a cell of a list holds them; the surer
// confidence, the stricter TLP label, the earlier first and the later last day, the later end. What else the first
// leaves empty is the other's. Id, class and spelling are the first's.
void merge_facts(RuleFacts& into, const RuleFacts& other);

class IndicatorMerge {
 public:
  enum class Added : std::uint8_t {
    fresh,
    merged,
    other_class,  // matches the same as a row of another class, and is not added: who is right is for a person to say
  };

  // Adds it at the list's end, or to the row that matches the same. The list is the same at every call, and nobody
  // else adds to it.
  [[nodiscard]] Added add(IndicatorList& list, Indicator indicator);
  // The row of the list that matches the same.
  [[nodiscard]] std::optional<std::size_t> find(const Indicator& indicator) const;

 private:
  std::unordered_map<std::string, std::size_t> rows_;
};

}  // namespace sluice
