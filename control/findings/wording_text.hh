// The sentence templates of rules/wording/, as they were when the program was built.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

// A file of `KEY = TEXT` lines; blank lines and lines that begin with '#' are left out. Views point into the text.
using WordingTexts = std::map<std::string_view, std::string_view>;
[[nodiscard]] WordingTexts parse_wording(std::string_view file);

// All texts, by key.
[[nodiscard]] const WordingTexts& wording_texts();

// The text of "KEY.VARIANT" where there is one, else that of "KEY"; empty where neither is.
[[nodiscard]] std::string_view wording_of(std::string_view key, std::string_view variant = {});

// The text with its slots, {NAME}, filled; slots that are not given stay as they are.
[[nodiscard]] std::string fill_slots(std::string_view text,
                                     std::initializer_list<std::pair<std::string_view, std::string_view>> slots);

}  // namespace sluice
