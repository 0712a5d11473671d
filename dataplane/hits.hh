// The rows that one value matched.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice {

// More than `limit` rows on one value are cut and the first ones stand.
struct Hits {
  static constexpr std::size_t limit = 16;

  std::array<std::uint32_t, limit> rows{};
  std::size_t count = 0;

  void add(std::uint32_t row) noexcept {
    if (count < limit) rows[count++] = row;
  }
  [[nodiscard]] const std::uint32_t* begin() const noexcept { return rows.data(); }
  [[nodiscard]] const std::uint32_t* end() const noexcept { return rows.data() + count; }
};

}  // namespace sluice
