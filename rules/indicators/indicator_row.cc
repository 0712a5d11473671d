#include "rules/indicators/indicator_row.hh"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "rules/facts/rule_fact_text.hh"
#include "rules/indicators/indicator_text.hh"
#include "rules/text/list_file.hh"
#include "rules/text/nearest_word.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

class RowReader {
 public:
  RowReader(const CsvRow& row, const ListColumns& columns, std::string_view list_name, std::vector<CsvError>& errors)
      : row_(row), columns_(columns), list_name_(list_name), errors_(errors) {}

  std::optional<ListRow> read() {
    const auto errors_before = errors_.size();
    check_cells();
    if (errors_.size() != errors_before) return std::nullopt;  // nothing in it can be shown or compared
    ListRow out;
    auto& indicator = out.indicator;
    indicator.facts.subject = text(ListColumn::indicator);
    check_id();
    const auto kind = read_kind();
    if (kind) {
      indicator.facts.kind = *kind;
      if (!indicator.facts.subject.empty()) read_meaning(out);
    }
    if (indicator.facts.subject.empty())
      fail(ListColumn::indicator, "no indicator: write the name or address to look for");
    read_facts(indicator.facts);
    if (errors_.size() != errors_before) return std::nullopt;
    return out;
  }

 private:
  [[nodiscard]] std::string text(ListColumn column) const {
    const auto* cell = columns_.cell(row_, column);
    return cell == nullptr ? std::string() : std::string(trimmed(cell->text));
  }

  void fail(ListColumn column, std::string message) {
    const auto* cell = columns_.cell(row_, column);
    if (cell == nullptr) {
      errors_.push_back({row_.line, 1, std::move(message)});
    } else {
      errors_.push_back({cell->line, cell->column, std::move(message)});
    }
  }

  // Every cell, also of columns that nobody knows: what is in the file is in the file.
  void check_cells() {
    for (const auto& cell : row_.cells) {
      const auto report = [&](std::string message) { errors_.push_back({cell.line, cell.column, std::move(message)}); };
      const auto control =
          std::find_if(cell.text.begin(), cell.text.end(), [](char c) { return is_control(c) && c != '\t'; });
      if (control != cell.text.end()) {
        const bool line_break = *control == '\n' || *control == '\r';
        report(*control == '\0' ? "a NUL byte: save the file as plain UTF-8 text"
               : line_break     ? "a line break inside a cell: write the cell in one line"
                                : fmt::format("control character U+{:04X}: remove it", static_cast<int>(*control)));
      }
      if (first_invalid_utf8(cell.text)) report("bytes that are not UTF-8: save the file as UTF-8");
      if (cell.text.size() > list_cell_size_limit)
        report(fmt::format("a cell of {} bytes, {} at most: shorten it", cell.text.size(), list_cell_size_limit));
    }
  }

  std::optional<RuleKind> read_kind() {
    const auto written = text(ListColumn::kind);
    if (const auto kind = kind_from(written)) return kind;
    if (written.empty()) {
      fail(ListColumn::kind, fmt::format("no kind: write one of {}", fmt::join(kind_texts(), ", ")));
    } else {
      fail(ListColumn::kind, fmt::format("unknown kind \"{}\": write one of {} (nearest: {})", printable(written),
                                         fmt::join(kind_texts(), ", "), nearest_word(written, kind_texts())));
    }
    return std::nullopt;
  }

  void read_meaning(ListRow& out) {
    auto& indicator = out.indicator;
    auto meaning = read_indicator_text(indicator.facts.kind, indicator.facts.subject);
    if (!meaning) return fail(ListColumn::indicator, std::move(meaning.error()));
    out.key = indicator_key(indicator.facts.kind, *meaning);
    const auto id = text(ListColumn::id);
    indicator.facts.rule_id = fmt::format("{}/{}", list_name_, id.empty() ? derived_id(out.key) : id);
    indicator.name = std::move(meaning->name);
    indicator.range = meaning->range;
  }

  void check_id() {
    const auto id = text(ListColumn::id);
    if (!id.empty() && !is_list_id(id))
      fail(ListColumn::id, fmt::format("id \"{}\": use letters, digits, '.', '_' and '-', {} at most", printable(id),
                                       list_id_size_limit));
  }

  // The columns from `class` on; what is empty keeps its default.
  void read_facts(RuleFacts& facts) {
    facts.finding_class = FindingClass::telemetry;
    facts.confidence = Confidence::medium;
    facts.tlp = "clear";
    for (std::size_t i = 0; i < list_column_names.size(); ++i) {
      if (!is_rule_fact(list_column_names[i])) continue;
      const auto column = static_cast<ListColumn>(i);
      const auto written = text(column);
      if (written.empty()) continue;
      if (auto fault = set_rule_fact(facts, text_of(column), written)) fail(column, std::move(*fault));
    }
    if (auto fault = fault_of_dates(facts)) fail(ListColumn::last_verified, std::move(*fault));
    facts.generator_id = alert_generator_id;
    facts.signature_id = signature_id(facts.finding_class);
  }

  const CsvRow& row_;
  const ListColumns& columns_;
  std::string_view list_name_;
  std::vector<CsvError>& errors_;
};

}  // namespace

std::optional<ListRow> read_list_row(const CsvRow& row, const ListColumns& columns, std::string_view list_name,
                                     std::vector<CsvError>& errors) {
  return RowReader(row, columns, list_name, errors).read();
}

}  // namespace sluice
