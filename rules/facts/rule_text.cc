#include "rules/facts/rule_text.hh"

#include <algorithm>

#include "rules/text/utf8.hh"

namespace sluice {
namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view blanks = " \t";

// The line without the backslash that continues it; blanks may stand behind that one.
std::optional<std::string_view> continued(std::string_view line) {
  const auto last = line.find_last_not_of(blanks);
  if (last == std::string_view::npos || line[last] != '\\') return std::nullopt;
  return line.substr(0, last);
}

}  // namespace

std::string in_lower_case(std::string_view text) {
  std::string out{text};
  for (auto& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

RulePlace RuleText::place(std::size_t offset) const noexcept {
  RulePlace place{1, 1};
  std::size_t from = 0;
  for (const auto& piece : pieces_) {
    if (piece.offset > offset) break;
    place = piece.place;
    from = piece.offset;
  }
  const auto before = std::string_view(text_).substr(from, offset - from);
  place.column += static_cast<std::size_t>(std::count_if(before.begin(), before.end(), begins_character));
  return place;
}

RuleTextReader::RuleTextReader(std::string_view text) noexcept : rest_(text) {
  if (rest_.starts_with(byte_order_mark)) rest_.remove_prefix(byte_order_mark.size());
}

std::string_view RuleTextReader::next_line() noexcept {
  ++line_;
  const auto end = rest_.find('\n');
  auto line = rest_.substr(0, end);
  rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::optional<RuleText> RuleTextReader::next() {
  while (!rest_.empty()) {
    auto line = next_line();
    const auto first = line.find_first_not_of(blanks);
    if (first == std::string_view::npos || line[first] == '#') continue;
    line.remove_prefix(first);
    RuleText rule;
    rule.pieces_.push_back({0, {line_, first + 1}});
    for (auto more = continued(line); more; more = continued(line)) {
      rule.text_ += *more;
      line = {};
      if (rest_.empty()) {
        rule.unfinished_ = true;
        break;
      }
      line = next_line();
      rule.pieces_.push_back({rule.text_.size(), {line_, 1}});
    }
    rule.text_ += line;
    if (!rule.unfinished_) rule.text_.erase(rule.text_.find_last_not_of(blanks) + 1);
    return rule;
  }
  return std::nullopt;
}

}  // namespace sluice
