#include "dataplane/http/file_name.hh"

#include <algorithm>
#include <optional>

#include "dataplane/http/multipart.hh"

namespace sluice {
namespace {

constexpr int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986 section 2.1; what is no encoded byte stays.
std::string_view decode(std::string_view text, std::span<char> room) noexcept {
  std::size_t size = 0;
  while (!text.empty() && size < room.size()) {
    auto c = text.front();
    std::size_t used = 1;
    if (c == '%' && text.size() >= 3 && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0) {
      c = static_cast<char>(hex_value(text[1]) << 4 | hex_value(text[2]));
      used = 3;
    }
    room[size++] = c;
    text.remove_prefix(used);
  }
  return {room.data(), size};
}

// RFC 8187 section 3.2: charset ' language ' value. Names are bytes here, whatever their charset.
std::string_view extended_value(std::string_view value, std::span<char> room) noexcept {
  const auto first = value.find('\'');
  const auto second = first == std::string_view::npos ? first : value.find('\'', first + 1);
  if (second == std::string_view::npos) return {};
  return decode(value.substr(second + 1), room);
}

}  // namespace

std::string_view disposed_name(const HttpHeaders& headers, std::span<char> room) noexcept {
  const auto disposition = headers.find("Content-Disposition");
  if (!disposition) return {};
  // RFC 6266 section 4.3
  if (const auto extended = extended_value(header_parameter(*disposition, "filename*"), room); !extended.empty())
    return extended;
  const auto name = header_parameter(*disposition, "filename");
  const auto size = std::min(name.size(), room.size());
  std::copy_n(name.begin(), size, room.begin());
  return {room.data(), size};
}

std::string_view target_name(std::string_view target, std::span<char> room) noexcept {
  if (!target.starts_with('/')) {  // RFC 9112 section 3.2.2: scheme, authority
    const auto scheme = target.find("://");
    if (scheme != std::string_view::npos) {
      const auto path = target.find('/', scheme + 3);
      if (path == std::string_view::npos) return {};
      target.remove_prefix(path);
    }
  }
  return decode(target.substr(0, target.find_first_of("?#")), room);
}

}  // namespace sluice
