// A reader of comma-separated values (RFC 4180) that knows where every cell stands, and that goes on after an error.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

// Lines and columns count from 1; a column counts characters, as an editor shows them.
struct CsvCell {
  std::string text;  // quotes resolved, nothing trimmed
  std::size_t line = 0;
  std::size_t column = 0;
};

struct CsvRow {
  std::size_t line = 0;  // where it begins
  std::vector<CsvCell> cells;
};

struct CsvError {
  std::size_t line = 0;
  std::size_t column = 0;
  std::string message;  // what is wrong and the remedy
};

// A row with more cells is an error: a line of commas must not cost a gigabyte.
constexpr std::size_t csv_cell_count_limit = 256;

// Beyond RFC 4180: lines end in LF or CRLF, a UTF-8 byte order mark is skipped, and so are empty lines and lines whose
// first character is '#' (outside quotes). After an error it goes on at the next line; where a quoted cell ran over
// several lines, at the line after its opening quote, so that one lost quote costs one row.
class CsvReader {
 public:
  // The text must outlive the reader.
  explicit CsvReader(std::string_view text) noexcept;

  // The next row, or what is wrong with it; nothing at the end.
  [[nodiscard]] std::optional<tl::expected<CsvRow, CsvError>> next();

 private:
  struct Position {
    std::size_t offset = 0;
    std::size_t line = 1;
    std::size_t column = 1;
  };

  [[nodiscard]] bool at_end() const noexcept { return at_.offset == text_.size(); }
  [[nodiscard]] char peek() const noexcept { return text_[at_.offset]; }
  [[nodiscard]] bool at_line_end() const noexcept;
  void step() noexcept;
  void skip_line_end() noexcept;
  void skip_line() noexcept;
  void skip_blank() noexcept;
  // Reads one cell and stops at the comma, the end of the line or the end of the text behind it.
  [[nodiscard]] std::optional<CsvError> quoted(CsvCell& cell);
  [[nodiscard]] std::optional<CsvError> plain(CsvCell& cell);

  std::string_view text_;
  Position at_;
};

}  // namespace sluice
