// A table in fixed-width text for a person: columns shrink and wrap until the table fits the width.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <vector>

namespace sluice {

class Table {
 public:
  struct Column {
    std::string title;
    std::size_t least = 8;  // columns below which it does not shrink
    bool to_the_right = false;
    std::size_t line_limit = 0;  // lines of a cell; what is beyond ends in "..."; 0 = all
  };
  // One cell is cut (and ends in "...") beyond this.
  static constexpr std::size_t cell_limit = 240;

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Cells may hold any bytes: control characters and what is no text are shown as escapes (safe_text.hh). Missing
  // cells are empty, further ones are left out.
  void add(std::vector<std::string> cells);
  // At most `width` columns, unless all columns stand at their least.
  void print(std::ostream& out, std::size_t width) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t width) const;
  void print_row(std::ostream& out, const std::vector<std::string>& cells,
                 const std::vector<std::size_t>& widths) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace sluice
