// The middle of some figures, and where the lowest and the highest tenth of them begin.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

namespace sluice::bench {

struct Spread {
  double median = 0;
  double low = 0;   // 10th percentile
  double high = 0;  // 90th percentile
};

// By nearest rank; all zero where there are no figures.
[[nodiscard]] inline Spread spread_of(std::vector<double> figures) {
  if (figures.empty()) return {};
  std::sort(figures.begin(), figures.end());
  const auto rank = [&](double share) {
    const auto place = static_cast<std::size_t>(std::ceil(share * static_cast<double>(figures.size())));
    return figures[std::max<std::size_t>(place, 1) - 1];
  };
  return {rank(0.5), rank(0.1), rank(0.9)};
}

}  // namespace sluice::bench
