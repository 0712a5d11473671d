#include "dataplane/parsers/ssdp.hh"

#include <algorithm>
#include <optional>

namespace sluice {
namespace {

// UPnP Device Architecture 2.0, sections 1.2.2, 1.3.2, 1.3.3
struct StartLine {
  std::string_view text;
  SsdpKind kind;
};
constexpr StartLine start_lines[] = {{"M-SEARCH * HTTP/1.", SsdpKind::search},
                                     {"NOTIFY * HTTP/1.", SsdpKind::notify},
                                     {"HTTP/1.1 200 ", SsdpKind::response}};

std::optional<SsdpKind> kind_of(std::string_view text) noexcept {
  for (const auto& line : start_lines)
    if (text.starts_with(line.text)) return line.kind;
  return std::nullopt;
}

bool equals(std::string_view name, std::string_view lower) noexcept {
  return std::equal(name.begin(), name.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// Takes the first line off, without its end; many devices leave the empty one at the end out.
std::string_view take_line(std::string_view& text) noexcept {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Probe probe_ssdp(Bytes datagram) noexcept { return kind_of(as_text(datagram)) ? Probe::yes : Probe::no; }

tl::expected<SsdpMessage, SsdpError> parse_ssdp(Bytes datagram) noexcept {
  auto text = as_text(datagram);
  const auto kind = kind_of(text);
  if (!kind) return tl::unexpected{SsdpError::not_this};
  SsdpMessage message;
  message.kind = *kind;
  (void)take_line(text);
  for (std::size_t headers = 0; !text.empty();) {
    const auto line = take_line(text);
    if (line.empty()) break;
    if (++headers > ssdp_header_limit) return tl::unexpected{SsdpError::too_many_headers};
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return tl::unexpected{SsdpError::malformed};
    const auto name = trimmed(line.substr(0, colon));
    const auto value = trimmed(line.substr(colon + 1));
    const auto take = [&](std::string_view header, std::string_view& field) {
      if (field.empty() && equals(name, header)) field = value;
    };
    take(message.kind == SsdpKind::notify ? "nt" : "st", message.target);
    take("usn", message.usn);
    take("nts", message.sub_type);
    take("server", message.server);
    take("user-agent", message.user_agent);
    take("location", message.location);
  }
  if (message.kind == SsdpKind::response && message.target.empty()) return tl::unexpected{SsdpError::not_this};
  return message;
}

}  // namespace sluice
