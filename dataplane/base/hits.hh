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
  std::uint16_t silent = 0;  // bit by position: what the rule does is done, and nothing is said

  void add(std::uint32_t row, bool is_silent = false) noexcept {
    if (count == limit) return;
    silent |= static_cast<std::uint16_t>((is_silent ? 1U : 0U) << count);
    rows[count++] = row;
  }
  [[nodiscard]] bool is_silent(std::size_t position) const noexcept { return (silent >> position & 1U) != 0; }
  [[nodiscard]] const std::uint32_t* begin() const noexcept { return rows.data(); }
  [[nodiscard]] const std::uint32_t* end() const noexcept { return rows.data() + count; }
};

}  // namespace sluice
