#include "rules/indicators/indicator_list.hh"

#include <unordered_map>

#include <fmt/format.h>

#include "rules/indicators/indicator_merge.hh"
#include "rules/indicators/indicator_row.hh"
#include "rules/indicators/list_columns.hh"
#include "rules/text/csv.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

class ListReader {
 public:
  ListReader(std::string_view text, std::string_view list_name, std::string_view file)
      : text_(text), list_name_(list_name), errors_(file) {}

  LoadedList read() {
    if (check_list(text_, list_name_, errors_)) read_rows();
    return {std::move(rows_), errors_.take(), merged_};
  }

 private:
  void fail(std::size_t line, std::size_t column, std::string message) {
    errors_.add(line, column, std::move(message));
  }
  void fail(const std::vector<CsvError>& errors) {
    for (const auto& error : errors) fail(error.line, error.column, error.message);
  }

  void read_rows() {
    CsvReader csv(text_);
    const auto columns = read_header(csv);
    if (!columns) return;
    std::size_t rows = 0;
    while (auto row = csv.next()) {
      if (++rows > list_row_limit) {
        fail(row->has_value() ? (*row)->line : row->error().line, 1,
             fmt::format("more than {} rows: split the list; what follows was not read", list_row_limit));
        return;
      }
      if (*row) {
        read_row(**row, *columns);
      } else {
        fail({row->error()});
      }
    }
  }

  std::optional<ListColumns> read_header(CsvReader& csv) {
    const auto header = csv.next();
    if (!header) {
      fail(1, 1, "the list is empty: the first row is the header, such as \"indicator,kind\"");
      return std::nullopt;
    }
    if (!*header) {
      fail({header->error()});
      return std::nullopt;
    }
    std::vector<CsvError> errors;
    const auto columns = ListColumns::parse(**header, errors);
    fail(errors);
    return columns;
  }

  void read_row(const CsvRow& row, const ListColumns& columns) {
    if (row.cells.size() != columns.count()) {
      const bool many = row.cells.size() > columns.count();
      const auto& where = many ? row.cells[columns.count()] : row.cells.back();
      fail(where.line, where.column,
           fmt::format("{} cells, and the header has {}: {}", row.cells.size(), columns.count(),
                       many ? "put cells with commas in quotes" : "add the missing ones, which may be empty"));
      return;
    }
    std::vector<CsvError> errors;
    auto read = read_list_row(row, columns, list_name_, errors);
    fail(errors);
    if (!read) return;
    const auto* id_cell = columns.cell(row, ListColumn::id);
    const auto& indicator_cell = *columns.cell(row, ListColumn::indicator);
    const bool own_id = id_cell != nullptr && !trimmed(id_cell->text).empty();
    const auto known = merge_.find(read->indicator);
    const auto [id, is_new] = ids_.try_emplace(read->indicator.facts.rule_id, row.line);
    if (!is_new && !(known && lines_[*known] == id->second)) {
      const auto& where = own_id ? *id_cell : indicator_cell;
      return fail(where.line, where.column,
                  fmt::format("id {} stands already in line {}: give each row its own",
                              read->indicator.facts.rule_id.substr(list_name_.size() + 1), id->second));
    }
    const auto what =
        fmt::format("{} {}", text_of(read->indicator.facts.kind), printable(read->indicator.facts.subject));
    switch (merge_.add(rows_, std::move(read->indicator))) {
      case IndicatorMerge::Added::fresh: lines_.push_back(row.line); break;
      case IndicatorMerge::Added::merged: ++merged_; break;
      case IndicatorMerge::Added::other_class:
        fail(indicator_cell.line, indicator_cell.column,
             fmt::format("{} stands in line {} with another class: remove one of the two rows, or give both one class",
                         what, lines_[*known]));
        break;
    }
  }

  std::string_view text_;
  std::string_view list_name_;
  ListErrors errors_;
  IndicatorList rows_;
  IndicatorMerge merge_;
  std::vector<std::size_t> lines_;  // of rows_
  std::size_t merged_ = 0;
  std::unordered_map<std::string, std::size_t> ids_;  // and their lines
};

}  // namespace

LoadedList parse_indicator_list(std::string_view text, std::string_view list_name) {
  return ListReader(text, list_name, list_name).read();
}

LoadedList load_indicator_list(const std::filesystem::path& path) {
  auto text = read_list_file(path);
  if (!text) return {{}, {std::move(text.error())}, 0};
  const auto name = path.stem().string();
  const auto shown = path.string();
  return ListReader(*text, name, shown).read();
}

}  // namespace sluice
