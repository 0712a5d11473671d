#include "rules/names/http_url.hh"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "rules/names/address.hh"
#include "rules/names/domain_name.hh"

namespace sluice {
namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// RFC 3986 section 2.3.
bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

bool begins_with(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(), [](char a, char b) {
           return a == (b >= 'A' && b <= 'Z' ? static_cast<char>(b - 'A' + 'a') : b);
         });
}

tl::expected<void, HttpUrlError> read_authority(std::string_view authority, std::uint16_t default_port, HttpUrl& url) {
  if (authority.find('@') != std::string_view::npos) return tl::unexpected(HttpUrlError::user);
  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto end = authority.find(']');
    if (end == std::string_view::npos) return tl::unexpected(HttpUrlError::host);
    host = authority.substr(1, end - 1);
    const auto rest = authority.substr(end + 1);
    if (!rest.empty() && rest.front() != ':') return tl::unexpected(HttpUrlError::host);
    port = rest.substr(rest.empty() ? 0 : 1);
  } else if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
  }
  if (!port.empty()) {
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc{} || end != port.data() + port.size() || url.port == 0)
      return tl::unexpected(HttpUrlError::port);
    if (url.port == default_port) url.port = 0;
  }
  if (const auto address = Address::parse(host)) {
    url.host = address->text();
    return {};
  }
  auto name = parse_domain_name(host);
  if (!name || name->find('.') == std::string::npos || authority.starts_with('['))
    return tl::unexpected(HttpUrlError::host);
  url.host = std::move(*name);
  return {};
}

}  // namespace

std::string_view explain(HttpUrlError error) noexcept {
  switch (error) {
    case HttpUrlError::scheme: return "is of another scheme than http and https: requests in clear text are matched";
    case HttpUrlError::user: return "names a user in front of the host: leave it out";
    case HttpUrlError::host: return "has no host that is a full name or an address: write http://HOST/PATH";
    case HttpUrlError::port: return "has a port that is no number from 1 to 65535: correct it or leave it out";
    case HttpUrlError::character:
      return "holds a blank, a control character or one beyond ASCII: write it percent-encoded, as it is sent";
    case HttpUrlError::too_long: return "is longer than 2048 bytes: shorten it to the path that tells it apart";
  }
  return "is no URL";
}

std::string HttpUrl::text() const {
  const bool v6 = host.find(':') != std::string::npos;
  return fmt::format("{}{}{}{}{}{}", v6 ? "[" : "", host, v6 ? "]" : "", port == 0 ? "" : fmt::format(":{}", port),
                     path, query);
}

tl::expected<HttpUrl, HttpUrlError> parse_http_url(std::string_view text) {
  HttpUrl url;
  std::uint16_t default_port = 80;
  if (begins_with(text, "https://")) {
    default_port = 443;
    text.remove_prefix(8);
  } else if (begins_with(text, "http://")) {
    text.remove_prefix(7);
  } else if (const auto scheme = text.find("://");
             scheme != std::string_view::npos && scheme < text.find_first_of("/?")) {
    return tl::unexpected(HttpUrlError::scheme);
  }
  text = text.substr(0, text.find('#'));
  const auto authority_end = std::min(text.find_first_of("/?"), text.size());
  if (const auto read = read_authority(text.substr(0, authority_end), default_port, url); !read)
    return tl::unexpected(read.error());
  const auto rest = text.substr(authority_end);
  const auto is_sent = [](char c) { return c > ' ' && c < 0x7f; };
  if (!std::all_of(rest.begin(), rest.end(), is_sent)) return tl::unexpected(HttpUrlError::character);
  const auto question = std::min(rest.find('?'), rest.size());
  const auto normal = [](std::string_view part) {
    std::string out(part.size(), '\0');
    out.resize(normal_url_part(part, out.data()));
    return out;
  };
  url.path = question == 0 ? "/" : normal(rest.substr(0, question));
  url.query = normal(rest.substr(question));
  if (url.query == "?") url.query.clear();
  if (url.host.size() + url.path.size() + url.query.size() > http_url_size_limit)
    return tl::unexpected(HttpUrlError::too_long);
  return url;
}

std::size_t normal_url_part(std::string_view text, char* out) noexcept {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::size_t size = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto high = text[at] == '%' && at + 2 < text.size() ? hex_value(text[at + 1]) : -1;
    const auto low = high >= 0 ? hex_value(text[at + 2]) : -1;
    if (low < 0) {
      out[size++] = text[at];
      continue;
    }
    const auto decoded = static_cast<char>(high * 16 + low);
    if (is_unreserved(decoded)) {
      out[size++] = decoded;
    } else {
      out[size++] = '%';
      out[size++] = digits[static_cast<std::size_t>(high)];
      out[size++] = digits[static_cast<std::size_t>(low)];
    }
    at += 2;
  }
  return size;
}

}  // namespace sluice
