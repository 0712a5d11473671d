#include "control/findings/wording_text.hh"

#include <fmt/format.h>

#include "control/wording_english.hh"

namespace sluice {

WordingTexts parse_wording(std::string_view file) {
  constexpr std::string_view separator = " = ";
  WordingTexts texts;
  while (!file.empty()) {
    const auto end = file.find('\n');
    const auto line = file.substr(0, end);
    file.remove_prefix(end == std::string_view::npos ? file.size() : end + 1);
    const auto middle = line.find(separator);
    if (line.starts_with('#') || middle == std::string_view::npos) continue;
    texts.emplace(line.substr(0, middle), line.substr(middle + separator.size()));
  }
  return texts;
}

const WordingTexts& wording_texts() {
  static const auto texts = parse_wording(english_wording);
  return texts;
}

std::string_view wording_of(std::string_view key, std::string_view variant) {
  const auto& texts = wording_texts();
  if (!variant.empty())
    if (const auto found = texts.find(fmt::format("{}.{}", key, variant)); found != texts.end()) return found->second;
  const auto found = texts.find(key);
  return found != texts.end() ? found->second : std::string_view{};
}

std::string fill_slots(std::string_view text,
                       std::initializer_list<std::pair<std::string_view, std::string_view>> slots) {
  std::string out;
  while (!text.empty()) {
    const auto open = text.find('{');
    out += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const auto close = text.find('}', open);
    if (close == std::string_view::npos) return out.append(text.substr(open));
    const auto name = text.substr(open + 1, close - open - 1);
    std::string_view value = text.substr(open, close - open + 1);
    for (const auto& [slot, given] : slots)
      if (slot == name) value = given;
    out += value;
    text.remove_prefix(close + 1);
  }
  return out;
}

}  // namespace sluice
