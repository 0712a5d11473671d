// The word that was probably meant: for error messages about names from a closed list.
#pragma once

#include <span>
#include <string_view>

namespace sluice {

// The candidate with the smallest edit distance (Levenshtein) to the word; the first of equals. Empty only where there
// are no candidates. Words longer than nearest_word_size_limit are cut before comparing.
[[nodiscard]] std::string_view nearest_word(std::string_view word, std::span<const std::string_view> candidates);

constexpr std::size_t nearest_word_size_limit = 64;

}  // namespace sluice
