#include "dataplane/http/http_headers.hh"

#include <algorithm>

namespace sluice {
namespace {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_folded(std::string_view rest) noexcept { return rest.starts_with(' ') || rest.starts_with('\t'); }

}  // namespace

bool take_line(std::string_view& rest, std::string_view& line) noexcept {
  const auto line_feed = rest.find('\n');
  if (line_feed == std::string_view::npos) return false;
  line = rest.substr(0, line_feed);
  if (line.ends_with('\r')) line.remove_suffix(1);
  rest.remove_prefix(line_feed + 1);
  return true;
}

std::string_view trim(std::string_view text) noexcept {
  // With the other bytes that clients take for white space.
  constexpr std::string_view space{" \t\r\n\v\f\0", 7};
  text.remove_prefix(std::min(text.find_first_not_of(space), text.size()));
  return text.substr(0, text.find_last_not_of(space) + 1);  // npos + 1 = 0
}

bool same_token(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

// RFC 9112 section 5
void HttpHeaders::Iterator::load() noexcept {
  std::string_view line;
  while (take_line(rest_, line)) {
    if (line.empty()) break;
    const auto* start = line.data();
    // RFC 9112 section 5.2: a line that begins with white space continues the one before.
    while (is_folded(rest_) && take_line(rest_, line)) continue;
    const std::string_view field{start, static_cast<std::size_t>(line.data() + line.size() - start)};
    const auto colon = field.find(':');
    if (colon == std::string_view::npos) continue;
    header_ = {trim(field.substr(0, colon)), trim(field.substr(colon + 1))};
    if (!header_.name.empty()) return;
  }
  rest_ = {};
  header_ = {};
  at_end_ = true;
}

std::optional<std::string_view> HttpHeaders::find(std::string_view name) const noexcept {
  for (const auto& header : *this) {
    if (same_token(header.name, name)) return header.value;
  }
  return std::nullopt;
}

HeaderBlock take_header_block(std::string_view& rest, HttpHeaders& headers) noexcept {
  auto after = rest;
  std::string_view line;
  std::size_t lines = 0;
  while (take_line(after, line)) {
    if (line.empty()) {
      headers = HttpHeaders{rest.substr(0, rest.size() - after.size())};
      rest = after;
      return HeaderBlock::whole;
    }
    if (++lines > http_header_limit) return HeaderBlock::too_long;
  }
  return HeaderBlock::cut;
}

}  // namespace sluice
