// Whether two rows of a pack are alike, in 16 bytes a row: a number that is drawn from each row's text, and the texts
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
  void reserve(std::size_t rows) { rows_.reserve(rows); }
  void add(std::string_view text, std::size_t row) {
    rows_.push_back({std::hash<std::string_view>{}(text), static_cast<std::uint32_t>(row)});
  }

  // The first row with the text of an earlier one, and that one: {earlier, later}. `text` gives that of a row again.
  [[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> find(
      const std::function<std::string(std::size_t row)>& text);

 private:
  struct Row {
    std::uint64_t hash;
    std::uint32_t row;
  };
  std::vector<Row> rows_;
};

}  // namespace sluice
