// The URL of an indicator, in the one form in which requests are compared with it. Scheme and fragment are not part of
// it: what is matched is a request in clear text, and a fragment is never sent.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sluice {

constexpr std::size_t http_url_size_limit = 2048;  // bytes of host, path and query in that form

enum class HttpUrlError : std::uint8_t {
  scheme,     // another one than http and https
  user,       // user or password in front of the host
  host,       // neither a name nor an address
  port,       // no number from 1 to 65535
  character,  // a blank, a control character, or beyond ASCII without percent-encoding
  too_long,   // more than http_url_size_limit
};
// What is wrong and what to do, half a sentence to put after the URL.
[[nodiscard]] std::string_view explain(HttpUrlError error) noexcept;

struct HttpUrl {
  std::string host;        // a name in the form in which names are compared, or an address as RFC 5952 writes it
  std::uint16_t port = 0;  // 0: any
  std::string path;        // begins with '/'; ending in one, all below it is meant
  std::string query;       // with its '?'; empty: any

  // host, ":PORT" where there is one, path and query; an IPv6 address in brackets.
  [[nodiscard]] std::string text() const;
};

// "http://HOST[:PORT][/PATH][?QUERY]"; the scheme may be https or missing. A port that is the scheme's own is dropped
// (RFC 3986 section 6.2.3), percent-encoded letters, digits and "-._~" are decoded and other hex digits are upper case
// (sections 6.2.2.1 and 6.2.2.2). Case counts in path and query.
[[nodiscard]] tl::expected<HttpUrl, HttpUrlError> parse_http_url(std::string_view text);

// Writes a path or query in that form to `out`, which has room for text.size() bytes; how many were written.
std::size_t normal_url_part(std::string_view text, char* out) noexcept;

}  // namespace sluice
