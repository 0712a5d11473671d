#include "rules/pack_repeats.hh"

#include <algorithm>
#include <tuple>

namespace sluice {

std::optional<std::pair<std::size_t, std::size_t>> PackRepeats::find(
    const std::function<std::string(std::size_t row)>& text) {
  std::sort(rows_.begin(), rows_.end(), [](const Row& one, const Row& other) {
    return std::tie(one.hash, one.row) < std::tie(other.hash, other.row);
  });
  std::optional<std::pair<std::size_t, std::size_t>> found;
  for (auto at = rows_.begin(); at != rows_.end();) {
    const auto end = std::find_if(at, rows_.end(), [&](const Row& row) { return row.hash != at->hash; });
    std::vector<std::pair<std::string, std::size_t>> same;
    if (end - at > 1)
      for (auto row = at; row != end; ++row) same.emplace_back(text(row->row), row->row);
    std::sort(same.begin(), same.end());
    for (std::size_t i = 1; i < same.size(); ++i)
      if (same[i - 1].first == same[i].first && (!found || same[i].second < found->second))
        found.emplace(same[i - 1].second, same[i].second);
    at = end;
  }
  return found;
}

}  // namespace sluice
