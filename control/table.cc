#include "control/table.hh"

#include <algorithm>
#include <numeric>
#include <ostream>
#include <string_view>

#include "control/safe_text.hh"

namespace sluice {
namespace {

constexpr std::string_view gap = "  ";

std::string cut(std::string text) {
  constexpr std::string_view sign = "...";
  if (columns(text) <= Table::cell_limit) return text;
  text.resize(prefix_within(text, Table::cell_limit - sign.size()));
  return text.append(sign);
}

// Bytes of the first line: up to the last space that fits; where there is none, behind the last '.', '/' or '-',
// so that long names break at a label, unless most of the line would stay empty; else as much as fits.
std::size_t first_line(std::string_view text, std::size_t width) {
  const auto fits = std::max<std::size_t>(prefix_within(text, width), 1);
  if (fits >= text.size()) return text.size();
  if (text[fits] == ' ') return fits;
  const auto head = text.substr(0, fits);
  if (const auto space = head.rfind(' '); space != std::string_view::npos && space > 0) return space;
  const auto mark = head.find_last_of("./-");
  return mark != std::string_view::npos && mark >= fits / 3 ? mark + 1 : fits;
}

std::vector<std::string_view> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto length = first_line(text, width);
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  return lines;
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (auto& cell : cells) cell = cut(shown_text(cell));
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> Table::widths(std::size_t width) const {
  std::vector<std::size_t> widths(columns_.size());
  for (std::size_t i = 0; i < widths.size(); ++i) {
    widths[i] = columns(columns_[i].title);
    for (const auto& row : rows_) widths[i] = std::max(widths[i], columns(row[i]));
  }
  const auto gaps = columns_.empty() ? 0 : gap.size() * (columns_.size() - 1);
  while (std::accumulate(widths.begin(), widths.end(), gaps) > width) {
    // The widest that may still shrink gives one column.
    std::size_t widest = widths.size();
    for (std::size_t i = 0; i < widths.size(); ++i)
      if (widths[i] > columns_[i].least && (widest == widths.size() || widths[i] > widths[widest])) widest = i;
    if (widest == widths.size()) break;
    --widths[widest];
  }
  return widths;
}

void Table::print_row(std::ostream& out, const std::vector<std::string>& cells,
                      const std::vector<std::size_t>& widths) const {
  std::vector<std::vector<std::string_view>> lines;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    lines.push_back(wrapped(cells[i], widths[i]));
    height = std::max(height, lines.back().size());
  }
  for (std::size_t row = 0; row < height; ++row) {
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto line = row < lines[i].size() ? lines[i][row] : std::string_view{};
      const auto used = columns(line);
      const std::string padding(widths[i] > used ? widths[i] - used : 0, ' ');
      if (i > 0) text += gap;
      text.append(columns_[i].to_the_right ? padding : "").append(line).append(columns_[i].to_the_right ? "" : padding);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out << text << '\n';
  }
}

void Table::print(std::ostream& out, std::size_t width) const {
  const auto fitted = widths(width);
  std::vector<std::string> titles;
  std::vector<std::string> rules;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    titles.push_back(columns_[i].title);
    rules.emplace_back(fitted[i], '-');
  }
  print_row(out, titles, fitted);
  print_row(out, rules, fitted);
  for (const auto& row : rows_) print_row(out, row, fitted);
}

}  // namespace sluice
