// The lines of a text, numbered from `first`, without their ends and without blanks around them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "rules/text/list_file.hh"

namespace sluice {

class ImportLines {
 public:
  explicit ImportLines(std::string_view text, std::size_t first = 1) noexcept : rest_(text), number_(first - 1) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }

  // The next line, whose number is number(); false at the end.
  [[nodiscard]] bool next(std::string_view& line) noexcept {
    if (rest_.empty()) return false;
    const auto end = std::min(rest_.find('\n'), rest_.size());
    line = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    line = trimmed(line);
    ++number_;
    return true;
  }
  [[nodiscard]] std::size_t number() const noexcept { return number_; }

 private:
  std::string_view rest_;
  std::size_t number_;
};

}  // namespace sluice
