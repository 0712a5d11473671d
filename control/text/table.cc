#include "control/text/table.hh"

#include <algorithm>
#include <numeric>
#include <ostream>
#include <string_view>

#include "control/text/safe_text.hh"
#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::string_view gap = "  ";
constexpr std::string_view cut_sign = "...";

// With the sign at its end, at most `limit` columns.
std::string cut(std::string_view text, std::size_t limit) {
  const auto room = limit - std::min(limit, cut_sign.size());
  return std::string{text.substr(0, prefix_within(text, room))}.append(cut_sign);
}

// Bytes of the first character: a line holds at least one, however narrow.
std::size_t first_character(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && !begins_character(text[length])) ++length;
  return length;
}

// Bytes of the first line: up to the last space that fits; where there is none, behind the last '.', '/' or '-',
// so that long names break at a label, unless most of the line would stay empty; else as much as fits.
std::size_t first_line(std::string_view text, std::size_t width) {
  const auto fits = std::max(prefix_within(text, width), first_character(text));
  if (fits >= text.size()) return text.size();
  if (text[fits] == ' ') return fits;
  const auto head = text.substr(0, fits);
  if (const auto space = head.rfind(' '); space != std::string_view::npos && space > 0) return space;
  const auto mark = head.find_last_of("./-");
  return mark != std::string_view::npos && mark >= fits / 3 ? mark + 1 : fits;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width, std::size_t line_limit) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    if (line_limit > 0 && lines.size() == line_limit) {
      lines.back() = cut(lines.back(), width);
      break;
    }
    const auto length = first_line(text, width);
    lines.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  return lines;
}

}  // namespace

void Table::add(std::vector<std::string> cells) {
  cells.resize(columns_.size());
  for (auto& cell : cells) {
    cell = shown_text(cell);
    if (columns(cell) > cell_limit) cell = cut(cell, cell_limit);
  }
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
  std::vector<std::vector<std::string>> lines;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    lines.push_back(wrapped(cells[i], widths[i], columns_[i].line_limit));
    height = std::max(height, lines.back().size());
  }
  for (std::size_t row = 0; row < height; ++row) {
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto line = row < lines[i].size() ? std::string_view{lines[i][row]} : std::string_view{};
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
