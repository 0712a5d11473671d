#include "rules/text/csv.hh"

#include <fmt/format.h>

#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

CsvReader::CsvReader(std::string_view text) noexcept : text_(text) {
  if (text_.starts_with(byte_order_mark)) text_.remove_prefix(byte_order_mark.size());
}

bool CsvReader::at_line_end() const noexcept {
  return text_[at_.offset] == '\n' || text_.substr(at_.offset, 2) == "\r\n";
}

void CsvReader::step() noexcept {
  const bool line_ends = peek() == '\n';
  ++at_.offset;
  if (line_ends) {
    ++at_.line;
    at_.column = 1;
  } else if (at_end() || begins_character(peek())) {
    ++at_.column;
  }
}

void CsvReader::skip_line_end() noexcept {
  if (!at_end() && peek() == '\r') step();
  if (!at_end()) step();
}

void CsvReader::skip_line() noexcept {
  while (!at_end() && peek() != '\n') step();
  if (!at_end()) step();
}

void CsvReader::skip_blank() noexcept {
  while (!at_end()) {
    if (at_line_end()) {
      skip_line_end();
    } else if (peek() == '#') {
      skip_line();
    } else {
      return;
    }
  }
}

std::optional<CsvError> CsvReader::quoted(CsvCell& cell) {
  const auto opening = at_;
  step();
  while (!at_end()) {
    const char c = peek();
    step();
    if (c != '"') {
      cell.text += c;
    } else if (!at_end() && peek() == '"') {  // RFC 4180 section 2, rule 7
      cell.text += c;
      step();
    } else if (at_end() || peek() == ',' || at_line_end()) {
      return std::nullopt;
    } else {
      CsvError error{at_.line, at_.column,
                     "text after the closing quote of a cell: double the quotes inside a quoted cell (\"\")"};
      if (at_.line != opening.line) {
        error = {opening.line, opening.column,
                 fmt::format("the quote opened here closes only on line {}, in the middle of a cell: add the missing "
                             "closing quote, or double the quotes inside a quoted cell (\"\")",
                             at_.line)};
        at_ = opening;
      }
      return error;
    }
  }
  at_ = opening;
  return CsvError{opening.line, opening.column, "the quote opened here is never closed: add the closing quote"};
}

std::optional<CsvError> CsvReader::plain(CsvCell& cell) {
  while (!at_end() && peek() != ',' && !at_line_end()) {
    if (peek() == '"') {  // RFC 4180 section 2, rule 5
      return CsvError{
          at_.line, at_.column,
          "a quote inside a cell that is not quoted: put the whole cell in quotes and double this one (\"\")"};
    }
    if (peek() == '\r') {
      return CsvError{at_.line, at_.column, "a carriage return alone: end lines with LF or CRLF"};
    }
    cell.text += peek();
    step();
  }
  return std::nullopt;
}

std::optional<tl::expected<CsvRow, CsvError>> CsvReader::next() {
  skip_blank();
  if (at_end()) return std::nullopt;
  CsvRow row{at_.line, {}};
  while (true) {
    if (row.cells.size() == csv_cell_count_limit) {
      const CsvError error{at_.line, at_.column,
                           fmt::format("more than {} cells in a row: check the separators", csv_cell_count_limit)};
      skip_line();
      return tl::unexpected(error);
    }
    auto& cell = row.cells.emplace_back(CsvCell{{}, at_.line, at_.column});
    const bool is_quoted = !at_end() && peek() == '"';
    if (const auto error = is_quoted ? quoted(cell) : plain(cell)) {
      skip_line();
      return tl::unexpected(*error);
    }
    if (at_end()) return row;
    if (at_line_end()) {
      skip_line_end();
      return row;
    }
    step();  // the comma
  }
}

}  // namespace sluice
