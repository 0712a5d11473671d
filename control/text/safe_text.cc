#include "control/text/safe_text.hh"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

#include "rules/text/utf8.hh"

namespace sluice {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 1;  // bytes
};

// The first character of valid, non-empty UTF-8 (RFC 3629 section 3).
Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const auto lead = byte(0);
  if (lead < 0x80) return {lead, 1};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (length > text.size()) return {lead, 1};
  auto code = lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) code = code << 6U | (byte(i) & 0x3fU);
  return {code, length};
}

struct CodeRange {
  std::uint32_t first;
  std::uint32_t last;
};

template <std::size_t Count>
bool is_in(const std::array<CodeRange, Count>& ranges, std::uint32_t code) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const CodeRange& range) { return code >= range.first && code <= range.last; });
}

// Bidi_Control, zero-width and line or paragraph separators, the byte order mark, and tag characters.
constexpr std::array<CodeRange, 8> unseen{{{0x00ad, 0x00ad},
                                           {0x061c, 0x061c},
                                           {0x180e, 0x180e},
                                           {0x200b, 0x200f},
                                           {0x2028, 0x202e},
                                           {0x2060, 0x206f},
                                           {0xfeff, 0xfeff},
                                           {0xe0000, 0xe007f}}};
// UAX #11 W and F, as blocks.
constexpr std::array<CodeRange, 9> wide{{{0x1100, 0x115f},
                                         {0x2e80, 0xa4cf},
                                         {0xac00, 0xd7a3},
                                         {0xf900, 0xfaff},
                                         {0xfe30, 0xfe6f},
                                         {0xff00, 0xff60},
                                         {0xffe0, 0xffe6},
                                         {0x1f300, 0x1faff},
                                         {0x20000, 0x3fffd}}};
constexpr std::array<CodeRange, 5> combining{
    {{0x0300, 0x036f}, {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}}};

std::size_t width_of(std::uint32_t code) { return is_in(combining, code) ? 0 : is_in(wide, code) ? 2 : 1; }

}  // namespace

std::string stored_text(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (const auto invalid = first_invalid_utf8(bytes)) {
    text += bytes.substr(0, *invalid);
    fmt::format_to(std::back_inserter(text), "\\x{:02x}", static_cast<unsigned char>(bytes[*invalid]));
    bytes.remove_prefix(*invalid + 1);
  }
  text += bytes;
  return text;
}

std::string shown_text(std::string_view bytes) {
  const auto stored = stored_text(bytes);
  std::string_view rest = stored;
  std::string text;
  text.reserve(stored.size());
  while (!rest.empty()) {
    const auto [code, length] = first_character(rest);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f))
      fmt::format_to(std::back_inserter(text), "\\x{:02x}", code);
    else if (is_in(unseen, code))
      fmt::format_to(std::back_inserter(text), "\\u{{{:04x}}}", code);
    else
      text += rest.substr(0, length);
    rest.remove_prefix(length);
  }
  return text;
}

std::size_t columns(std::string_view shown) {
  std::size_t width = 0;
  while (!shown.empty()) {
    const auto [code, length] = first_character(shown);
    width += width_of(code);
    shown.remove_prefix(length);
  }
  return width;
}

std::size_t prefix_within(std::string_view shown, std::size_t limit) {
  std::size_t used = 0;
  std::size_t width = 0;
  while (used < shown.size()) {
    const auto [code, length] = first_character(shown.substr(used));
    width += width_of(code);
    if (width > limit) break;
    used += length;
  }
  return used;
}

}  // namespace sluice
