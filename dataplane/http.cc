#include "dataplane/http.hh"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

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
  line = trim(line);
  request.method = cut(line, line.find(' '));
  line = trim(line);
  const auto space = line.rfind(' ');
  if (request.method.empty() || !is_method(request.method) || space == std::string_view::npos) return false;
  request.target = trim(cut(line, space));
  request.protocol = trim(line);
  return !request.target.empty() && std::none_of(request.target.begin(), request.target.end(), is_control) &&
         is_protocol(request.protocol);
}

// RFC 9112 section 4
bool read_status_line(std::string_view line, HttpResponse& response) noexcept {
  response.protocol = cut(line, line.find(' '));
  if (!is_protocol(response.protocol)) return false;
  line = trim(line);
  const auto digits = cut(line, 3);
  if (digits.size() != 3 || !std::all_of(digits.begin(), digits.end(), is_digit) || digits.starts_with('0'))
    return false;
  if (!line.empty() && !line.starts_with(' ')) return false;
  std::from_chars(digits.data(), digits.data() + digits.size(), response.status);
  return true;
}

// The lines up to and with the empty one; `rest` then stands behind them.
tl::expected<HttpHeaders, HttpError> take_headers(std::string_view& rest) noexcept {
  const auto block = rest;
  std::string_view line;
  std::size_t lines = 0;
  while (take_line(rest, line)) {
    if (line.empty()) return HttpHeaders{block.substr(0, block.size() - rest.size())};
    if (++lines > http_header_limit) return error(HttpError::too_many_headers);
  }
  return error(HttpError::need_more);
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

// RFC 9110 section 8.6: digits; a list of equal values counts as one (RFC 9112 section 6.3).
bool read_content_length(std::string_view value, std::optional<std::uint64_t>& length) noexcept {
  for (;;) {
    const auto item = trim(cut(value, value.find(',')));
    std::uint64_t number = 0;
    const auto result = std::from_chars(item.data(), item.data() + item.size(), number);
    if (result.ec != std::errc{} || result.ptr != item.data() + item.size()) return false;
    if (length && *length != number) return false;
    length = number;
    if (value.empty()) return true;
    value.remove_prefix(1);
  }
}

// What the headers say of the body.
struct BodyHeaders {
  std::optional<std::uint64_t> length;
  bool bad_length = false;
  bool coded = false;    // there are transfer codings
  bool chunked = false;  // and chunked is the last one

  void read(const HttpHeader& header) noexcept {
    if (same_token(header.name, "Content-Length")) {
      bad_length = !read_content_length(header.value, length) || bad_length;
    } else if (same_token(header.name, "Transfer-Encoding")) {
      if (same_token(header.value, "identity")) return;  // a relic of RFC 2616 section 3.6: no coding
      const auto last = trim(header.value.substr(header.value.rfind(',') + 1));  // npos + 1 = 0
      const auto coding = trim(last.substr(0, last.find(';')));
      coded = true;
      chunked = same_token(coding, "chunked");
    }
  }
};

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
    } else {
      body.read(header);
    }
  }
  // RFC 9112 section 3.2
  if (request.host.empty()) {
    request.host = request.method == "CONNECT" ? request.target : authority_of(request.target);
  }
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

Probe probe_http_response(Bytes stream) noexcept {
  const auto text = as_text(stream);
  const auto head = text.substr(0, version_prefix.size());
  if (!version_prefix.starts_with(head)) return Probe::no;
  if (text.size() <= version_prefix.size()) return Probe::maybe;
  return is_digit(text.substr(version_prefix.size()).front()) ? Probe::yes : Probe::no;
}

tl::expected<HttpRequest, HttpError> parse_http_request(Bytes stream) noexcept {
  auto rest = as_text(stream);
  auto request = take_request_line(rest);
  if (!request) return request;
  const auto headers = take_headers(rest);
  if (!headers) return error(headers.error());
  request->headers = *headers;
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

tl::expected<HttpResponse, HttpError> parse_http_response(Bytes stream, std::string_view request_method) noexcept {
  if (probe_http_response(stream) == Probe::no) return error(HttpError::not_this);
  auto rest = as_text(stream);
  std::string_view line;
  if (!take_line(rest, line)) return error(HttpError::need_more);
  HttpResponse response;
  if (!read_status_line(line, response)) return error(HttpError::not_this);
  const auto headers = take_headers(rest);
  if (!headers) return error(headers.error());
  response.headers = *headers;
  response.size = stream.size() - rest.size();

  BodyHeaders body;
  for (const auto& header : response.headers) {
    body.read(header);
    if (response.content_type.empty() && same_token(header.name, "Content-Type")) response.content_type = header.value;
  }
  const auto status = response.status;
  const bool granted = request_method == "CONNECT" && status >= 200 && status < 300;
  response.switches_protocol = status == 101 || granted;
  // RFC 9112 section 6.3
  if (request_method == "HEAD" || status < 200 || status == 204 || status == 304 || granted) {  // items 1 and 2
    response.framing = BodyFraming::none;
  } else if (body.chunked) {  // items 3 and 4
    response.framing = BodyFraming::chunked;
  } else if (!body.coded && body.bad_length) {  // item 5
    return error(HttpError::content_length);
  } else if (!body.coded && body.length) {  // item 6
    response.framing = BodyFraming::length;
    response.content_length = *body.length;
  } else {  // items 4 and 8
    response.framing = BodyFraming::until_close;
  }
  return response;
}

}  // namespace sluice
