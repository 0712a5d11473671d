// Whether two rows of a pack are alike, in 8 bytes a row: a number that is drawn from each row's text, and the texts
// again only where two numbers are the same.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

class PackRepeats {
 public:
  void reserve(std::size_t rows) { numbers_.reserve(rows); }
  // Of the next row, from 0.
  void add(std::string_view text) { numbers_.push_back(number_of(text)); }

  // Once, at the end: the first row with the text of an earlier one, and that one: {earlier, later}. `text` gives that
  // of a row again, the same as before.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> find(
      const std::function<std::string(std::size_t row)>& text);

 private:
  [[nodiscard]] static std::uint64_t number_of(std::string_view text) noexcept {
    return std::hash<std::string_view>{}(text);
  }

  std::vector<std::uint64_t> numbers_;
};

}  // namespace sluice
