#include "rules/text/nearest_word.hh"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace sluice {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
  a = a.substr(0, nearest_word_size_limit);
  b = b.substr(0, nearest_word_size_limit);
  std::array<std::size_t, nearest_word_size_limit + 1> row{};
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  auto best_distance = std::numeric_limits<std::size_t>::max();
  for (const auto candidate : candidates) {
    const auto d = distance(word, candidate);
    if (d < best_distance) {
      best = candidate;
      best_distance = d;
    }
  }
  return best;
}

}  // namespace sluice
