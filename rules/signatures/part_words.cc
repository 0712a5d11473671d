#include "rules/signatures/part_words.hh"

#include <algorithm>
#include <charconv>

#include "rules/text/list_file.hh"

namespace sluice {
namespace {

bool is_letter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && is_letter(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; });
}

}  // namespace

std::vector<PartWord> comma_words(const SignatureOption& option) {
  std::vector<PartWord> words;
  if (!option.value) return words;
  const auto text = *option.value;
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    const auto word = trimmed(text.substr(from, comma - from));
    const auto place = word.empty() ? from : static_cast<std::size_t>(word.data() - text.data());
    words.push_back({word, option.value_at + place});
    from = comma + 1;
  }
  return words;
}

std::pair<PartWord, PartWord> name_and_value(const PartWord& word) {
  const auto blank = std::min(word.text.find_first_of(" \t"), word.text.size());
  const auto value = trimmed(word.text.substr(blank));
  return {{word.text.substr(0, blank), word.at}, {value, word.at + (word.text.size() - value.size())}};
}

std::optional<std::uint64_t> unsigned_number(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, hex ? 16 : 10);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::optional<std::int64_t> signed_number(std::string_view text, std::int64_t low, std::int64_t high) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const auto read = unsigned_number(text);
  if (!read || *read > std::uint64_t{1} << 62U) return std::nullopt;
  const auto value = negative ? -static_cast<std::int64_t>(*read) : static_cast<std::int64_t>(*read);
  if (value < low || value > high) return std::nullopt;
  return value;
}

PartVariable PartVariables::find(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - names_.begin());
}

PartVariable PartVariables::set(std::string_view name) {
  if (const auto known = find(name)) return known;
  if (!is_name(name) || names_.size() == signature_variable_limit) return std::nullopt;
  names_.emplace_back(name);
  return static_cast<std::uint8_t>(names_.size() - 1);
}

}  // namespace sluice
