#include "rules/indicators/list_columns.hh"

#include <algorithm>

#include <fmt/format.h>

#include "rules/text/list_file.hh"
#include "rules/text/nearest_word.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

// What a spreadsheet writes where the comma is the decimal sign.
bool other_separator(const CsvRow& header) {
  return header.cells.size() == 1 && header.cells[0].text.find_first_of(";\t|") != std::string::npos;
}

}  // namespace

std::optional<ListColumns> ListColumns::parse(const CsvRow& header, std::vector<CsvError>& errors) {
  if (other_separator(header)) {
    errors.push_back({header.line, 1, "the header has one cell: separate the cells with commas"});
    return std::nullopt;
  }
  ListColumns columns;
  columns.count_ = header.cells.size();
  for (std::size_t i = 0; i < header.cells.size(); ++i) {
    const auto& cell = header.cells[i];
    const auto name = trimmed(cell.text);
    const auto found = std::find(list_column_names.begin(), list_column_names.end(), name);
    if (found == list_column_names.end()) {
      errors.push_back({cell.line, cell.column,
                        fmt::format("unknown column \"{}\": the nearest known one is \"{}\"; rename or remove it",
                                    printable(name), nearest_word(name, list_column_names))});
      continue;
    }
    auto& index = columns.index_[static_cast<std::size_t>(found - list_column_names.begin())];
    if (index != absent) {
      errors.push_back({cell.line, cell.column, fmt::format("column \"{}\" stands twice: remove one of them", name)});
      continue;
    }
    index = i;
  }
  bool complete = true;
  for (const auto column : {ListColumn::indicator, ListColumn::kind}) {
    if (columns.index_[static_cast<std::size_t>(column)] != absent) continue;
    complete = false;
    errors.push_back({header.line, 1,
                      fmt::format("no column \"{0}\": the first row is the header and must name at least "
                                  "\"indicator\" and \"kind\"; add \"{0}\"",
                                  text_of(column))});
  }
  if (!complete) return std::nullopt;
  return columns;
}

const CsvCell* ListColumns::cell(const CsvRow& row, ListColumn column) const noexcept {
  const auto index = index_[static_cast<std::size_t>(column)];
  return index == absent ? nullptr : &row.cells[index];
}

}  // namespace sluice
