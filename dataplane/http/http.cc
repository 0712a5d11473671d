#include "dataplane/http/http.hh"

#include <algorithm>
#include <array>

#include "dataplane/http/http_framing.hh"

namespace sluice {
namespace {

constexpr std::string_view version_prefix = "HTTP/1.";

// IANA, HTTP Method Registry, in byte order; without PRI, which opens an HTTP/2 connection.
constexpr auto methods = std::to_array<std::string_view>({
    "ACL",
    "BASELINE-CONTROL",
    "BIND",
    "CHECKIN",
    "CHECKOUT",
    "CONNECT",
    "COPY",
    "DELETE",
    "GET",
    "HEAD",
    "LABEL",
    "LINK",
    "LOCK",
    "MERGE",
    "MKACTIVITY",
    "MKCALENDAR",
    "MKCOL",
    "MKREDIRECTREF",
    "MKWORKSPACE",
    "MOVE",
    "OPTIONS",
    "ORDERPATCH",
    "PATCH",
    "POST",
    "PROPFIND",
    "PROPPATCH",
    "PUT",
    "QUERY",
    "REBIND",
    "REPORT",
    "SEARCH",
    "TRACE",
    "UNBIND",
    "UNCHECKOUT",
    "UNLINK",
    "UNLOCK",
    "UPDATE",
    "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
});
static_assert(std::is_sorted(methods.begin(), methods.end()));

constexpr auto error(HttpError reason) noexcept { return tl::unexpected{reason}; }

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// RFC 9110 section 5.6.2
constexpr bool is_tchar(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

constexpr bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// A method, or as much of one as is there.
bool is_method(std::string_view text) noexcept {
  return text.size() <= http_method_limit && std::all_of(text.begin(), text.end(), is_tchar);
}

// RFC 9112 section 2.3; 1.0 and 1.1 exist.
bool is_protocol(std::string_view text) noexcept {
  return text.size() == version_prefix.size() + 1 && text.starts_with(version_prefix) && is_digit(text.back());
}

// The first `count` characters of `text`, and what stands behind them.
std::string_view cut(std::string_view& text, std::size_t count) noexcept {
  const auto head = text.substr(0, count);
  text.remove_prefix(head.size());
  return head;
}

// RFC 9112 section 2.2
void skip_empty_lines(std::string_view& rest) noexcept {
  for (std::size_t i = 0; i < http_empty_line_limit; ++i) {
    if (rest.starts_with("\r\n")) {
      rest.remove_prefix(2);
    } else if (rest.starts_with('\n')) {
      rest.remove_prefix(1);
    } else {
      return;
    }
  }
}

// RFC 9112 section 3. The target goes from the first to the last space, so that one with spaces in it is seen whole.
bool read_request_line(std::string_view line, HttpRequest& request) noexcept {
  request.line = line;
  line = trim(line);
  request.method = cut(line, line.find(' '));
  line = trim(line);
  const auto space = line.rfind(' ');
  if (request.method.empty() || !is_method(request.method)) return false;
  if (space == std::string_view::npos) {  // no version: as HTTP/0.9 has it, and some clients of today
    request.target = line;
    return line.starts_with('/') && std::none_of(line.begin(), line.end(), is_control) &&
           std::binary_search(methods.begin(), methods.end(), request.method);
  }
  request.target = trim(cut(line, space));
  request.protocol = trim(line);
  return !request.target.empty() && std::none_of(request.target.begin(), request.target.end(), is_control) &&
         is_protocol(request.protocol);
}

// The whole lines that are there.
HttpHeaders take_whole_lines(std::string_view& rest) noexcept {
  const auto block = rest;
  std::string_view line;
  for (std::size_t lines = 0; lines < http_header_limit && take_line(rest, line); ++lines) {
    if (line.empty()) break;
  }
  return HttpHeaders{block.substr(0, block.size() - rest.size())};
}

// RFC 3986 section 3.2: what stands between "//" and the path, without user information.
std::string_view authority_of(std::string_view target) noexcept {
  const auto scheme = target.find("://");
  if (scheme == std::string_view::npos || target.starts_with('/')) return {};
  auto authority = target.substr(scheme + 3);
  authority = authority.substr(0, authority.find_first_of("/?#"));
  return authority.substr(authority.rfind('@') + 1);  // npos + 1 = 0
}

BodyHeaders read_headers(HttpRequest& request) noexcept {
  BodyHeaders body;
  for (const auto& header : request.headers) {
    if (same_token(header.name, "Host")) {
      if (request.host.empty()) request.host = header.value;
    } else if (same_token(header.name, "User-Agent")) {
      if (request.user_agent.empty()) request.user_agent = header.value;
    } else if (same_token(header.name, "Content-Type")) {
      if (request.content_type.empty()) request.content_type = header.value;
    } else if (same_token(header.name, "Referer")) {
      if (request.referer.empty()) request.referer = header.value;
    } else if (same_token(header.name, "HTTP2-Settings")) {
      request.offers_http2 = true;
    } else {
      body.read(header);
    }
  }
  // RFC 9112 section 3.2
  request.target_host = authority_of(request.target);
  if (request.host.empty()) request.host = request.method == "CONNECT" ? request.target : request.target_host;
  request.codings = body.codings;
  return body;
}

// The request line, with the empty lines before it; `rest` then stands behind it.
tl::expected<HttpRequest, HttpError> take_request_line(std::string_view& rest) noexcept {
  const auto stream = rest;
  skip_empty_lines(rest);
  std::string_view line;
  HttpRequest request;
  if (!take_line(rest, line)) {
    return error(probe_http_request(as_bytes(stream)) == Probe::no ? HttpError::not_this : HttpError::need_more);
  }
  if (!read_request_line(line, request)) return error(HttpError::not_this);
  return request;
}

}  // namespace

Probe probe_http_request(Bytes stream) noexcept {
  auto rest = as_text(stream);
  skip_empty_lines(rest);
  auto line = rest;
  if (take_line(rest, line)) {
    HttpRequest request;
    return read_request_line(line, request) ? Probe::yes : Probe::no;
  }
  if (line.size() > http_request_line_limit) return Probe::no;
  if (line == "\r") return Probe::maybe;  // of one more empty line
  const auto method = cut(line, line.find(' '));
  if (!is_method(method)) return Probe::no;
  if (line.empty()) return Probe::maybe;
  if (method.empty()) return Probe::no;
  line.remove_prefix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (std::any_of(line.begin(), line.end(), is_control)) return Probe::no;
  const bool known = std::binary_search(methods.begin(), methods.end(), method);
  return known && (line.starts_with('/') || line.starts_with("http://")) ? Probe::yes : Probe::maybe;
}

tl::expected<HttpRequest, HttpError> parse_http_request(Bytes stream) noexcept {
  auto rest = as_text(stream);
  auto request = take_request_line(rest);
  if (!request) return request;
  switch (take_header_block(rest, request->headers)) {
    case HeaderBlock::whole: break;
    case HeaderBlock::cut: return error(HttpError::need_more);
    case HeaderBlock::too_long: return error(HttpError::too_many_headers);
  }
  request->size = stream.size() - rest.size();

  const auto body = read_headers(*request);
  // RFC 9112 section 6.3, items 3 to 7
  if (body.chunked) {
    request->framing = BodyFraming::chunked;
  } else if (body.coded) {
    return error(HttpError::transfer_coding);
  } else if (body.bad_length) {
    return error(HttpError::content_length);
  } else if (body.length) {
    request->framing = BodyFraming::length;
    request->content_length = *body.length;
  }
  return request;
}

tl::expected<HttpRequest, HttpError> parse_http_request_prefix(Bytes stream) noexcept {
  auto rest = as_text(stream);
  auto request = take_request_line(rest);
  if (!request) return request;
  request->headers = take_whole_lines(rest);
  request->size = stream.size() - rest.size();
  (void)read_headers(*request);
  return request;
}

}  // namespace sluice
