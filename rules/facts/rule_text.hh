// The rules of a signature file, each on one line, each still knowing where in the file its bytes stood.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

// Lines and columns count from 1, columns in characters.
struct RulePlace {
  std::size_t line = 0;
  std::size_t column = 0;
};

// What is wrong with a rule, where (an offset into its one line), and the remedy.
struct RuleFault {
  std::size_t at = 0;
  std::string message;
};
using RuleFaults = std::vector<RuleFault>;

class RuleText {
 public:
  // Lines joined, without the blanks at both ends.
  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] RulePlace place(std::size_t offset) const noexcept;
  // The file ended where the rule says that it goes on.
  [[nodiscard]] bool unfinished() const noexcept { return unfinished_; }

 private:
  friend class RuleTextReader;
  struct Piece {  // what came from one line
    std::size_t offset = 0;
    RulePlace place;
  };

  std::string text_;
  std::vector<Piece> pieces_;
  bool unfinished_ = false;
};

// A rule is a line; a backslash at its end continues it on the next. Left out: blank lines, and lines whose first
// character behind blanks is '#' (inside a continued rule neither ends it). Lines end in LF or CRLF; a byte order mark
// of UTF-8 is skipped.
class RuleTextReader {
 public:
  // The text must outlive the reader.
  explicit RuleTextReader(std::string_view text) noexcept;

  // The next rule; nothing at the end.
  [[nodiscard]] std::optional<RuleText> next();

 private:
  [[nodiscard]] std::string_view next_line() noexcept;

  std::string_view rest_;
  std::size_t line_ = 0;  // the one that next_line() gave last
};

// Of ASCII; other bytes stay.
[[nodiscard]] std::string in_lower_case(std::string_view text);

}  // namespace sluice
