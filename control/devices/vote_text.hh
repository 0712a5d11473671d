// Texts of votes: what of a fact may be repeated, and when two texts say the same.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice {

constexpr std::size_t vote_text_limit = 64;

// The text without blanks at its ends, where it is printable ASCII of at most vote_text_limit characters and does not
// look like an identifier (12 hexadecimal digits or more and nothing else); else empty.
[[nodiscard]] std::string vote_text(std::string_view text);

[[nodiscard]] char lower_case(char c) noexcept;
// Upper and lower case are one.
[[nodiscard]] bool are_same(std::string_view one, std::string_view other) noexcept;
[[nodiscard]] bool is_digit(char c) noexcept;
[[nodiscard]] bool is_letter(char c) noexcept;
// The digits and dots that the text begins with, without a dot at the end: "12.1" of "12.1; wv".
[[nodiscard]] std::string_view version_at(std::string_view text) noexcept;

// What two texts that may hold alternatives ("OPPO or OnePlus") have in common, the more exact of each: empty where
// they exclude each other. An empty text excludes nothing.
[[nodiscard]] std::string common_vendor(std::string_view one, std::string_view other);
// Of operating systems, versions with them: of "Android" and "Android 12" it is "Android 12", of "Android 12" and
// "Android 13" nothing.
[[nodiscard]] std::string common_system(std::string_view one, std::string_view other);
// Of models. One without a digit is a family: of "iPhone" and "iPhone14,5" it is "iPhone14,5".
[[nodiscard]] std::string common_model(std::string_view one, std::string_view other);
// Without the versions: "iOS or macOS" of "iOS 16 or macOS 13".
[[nodiscard]] std::string system_family(std::string_view system);

}  // namespace sluice
