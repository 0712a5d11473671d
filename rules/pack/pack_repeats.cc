#include "rules/pack/pack_repeats.hh"

#include <algorithm>
#include <unordered_map>

namespace sluice {

std::optional<std::pair<std::size_t, std::size_t>> PackRepeats::find(
    const std::function<std::string(std::size_t row)>& text) {
  const auto rows = numbers_.size();
  std::ranges::sort(numbers_);
  std::vector<std::uint64_t> repeated;  // in order
  for (std::size_t i = 1; i < rows; ++i)
    if (numbers_[i - 1] == numbers_[i] && (repeated.empty() || repeated.back() != numbers_[i]))
      repeated.push_back(numbers_[i]);
  if (repeated.empty()) return std::nullopt;
  std::unordered_map<std::string, std::size_t> first_row;
  for (std::size_t row = 0; row < rows; ++row) {
    auto again = text(row);
    if (!std::ranges::binary_search(repeated, number_of(again))) continue;
    const auto [earlier, fresh] = first_row.try_emplace(std::move(again), row);
    if (!fresh) return std::pair{earlier->second, row};
  }
  return std::nullopt;
}

}  // namespace sluice
