#include "rules/text/utf8.hh"

#include <cstdint>

namespace sluice {
namespace {

struct Form {
  std::size_t length;       // bytes of the character
  std::uint8_t second_low;  // what the second byte may be
  std::uint8_t second_high;
};

// RFC 3629 section 4, the table of UTF8-octets; length 0 where no character begins so.
Form form_of(std::uint8_t lead) {
  if (lead < 0x80) return {1, 0, 0};
  if (lead >= 0xc2 && lead <= 0xdf) return {2, 0x80, 0xbf};
  if (lead == 0xe0) return {3, 0xa0, 0xbf};
  if (lead == 0xed) return {3, 0x80, 0x9f};
  if (lead >= 0xe1 && lead <= 0xef) return {3, 0x80, 0xbf};
  if (lead == 0xf0) return {4, 0x90, 0xbf};
  if (lead >= 0xf1 && lead <= 0xf3) return {4, 0x80, 0xbf};
  if (lead == 0xf4) return {4, 0x80, 0x8f};
  return {0, 0, 0};
}

}  // namespace

std::optional<std::size_t> first_invalid_utf8(std::string_view text) noexcept {
  std::size_t at = 0;
  while (at < text.size()) {
    // Most of what is asked about is ASCII.
    if (static_cast<std::uint8_t>(text[at]) < 0x80) {
      ++at;
      continue;
    }
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[at + i]); };
    const auto form = form_of(byte(0));
    if (form.length == 0 || form.length > text.size() - at) return at;
    if (form.length > 1 && (byte(1) < form.second_low || byte(1) > form.second_high)) return at;
    for (std::size_t i = 2; i < form.length; ++i) {
      if (byte(i) < 0x80 || byte(i) > 0xbf) return at;
    }
    at += form.length;
  }
  return std::nullopt;
}

std::string printable(std::string_view text) {
  std::string shown;
  for (std::size_t count = 0; !text.empty(); ++count) {
    if (count == printable_size_limit) return shown + "...";
    const auto form = form_of(static_cast<std::uint8_t>(text[0]));
    const auto character = text.substr(0, form.length);
    const bool valid = form.length != 0 && !first_invalid_utf8(character) && !is_control(text[0]);
    shown += valid ? character : std::string_view("?");
    text.remove_prefix(valid ? character.size() : 1);
  }
  return shown;
}

}  // namespace sluice
