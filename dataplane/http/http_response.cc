#include "dataplane/http/http_response.hh"

#include <algorithm>
#include <charconv>

#include "dataplane/http/http_framing.hh"

namespace sluice {
namespace {

constexpr std::string_view version_prefix = "HTTP/1.";

constexpr auto error(HttpError reason) noexcept { return tl::unexpected{reason}; }

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr std::size_t leading_bytes_limit = 64;  // passed over before a status line

constexpr bool is_space(char c) noexcept { return static_cast<unsigned char>(c) <= 0x20; }

// Clients take a status line in any case, of any version, behind empty lines and worse, and one without a status:
// where an answer is due, it is read as they read it. RFC 9112 section 4.
bool begins_status_line(std::string_view text) noexcept {
  constexpr std::string_view name = "http/";
  const auto head = text.substr(0, name.size());
  return same_token(head, name.substr(0, head.size()));
}

void skip_leading_bytes(std::string_view& rest) noexcept {
  const auto* const end = std::find_if_not(
      rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(std::min(rest.size(), leading_bytes_limit)), is_space);
  rest.remove_prefix(static_cast<std::size_t>(end - rest.begin()));
}

// 0 where there is none.
void read_status_line(std::string_view line, HttpResponse& response) noexcept {
  response.line = line;
  const auto* const space = std::find_if(line.begin(), line.end(), is_space);
  response.protocol = line.substr(0, static_cast<std::size_t>(space - line.begin()));
  line = trim(line.substr(response.protocol.size()));
  const auto* const behind = std::find_if_not(line.begin(), line.end(), is_digit);
  if (behind - line.begin() == 3 && !line.starts_with('0')) {
    std::from_chars(line.data(), behind, response.status);
    line.remove_prefix(3);
  }
  response.reason = trim(line);
}

// As take_header_block(), but that a line of blanks ends the section where no empty line does right behind it.
HeaderBlock take_response_headers(std::string_view& rest, HttpHeaders& headers) noexcept {
  auto after = rest;
  std::string_view line;
  std::size_t lines = 0;
  while (take_line(after, line)) {
    const bool may_end = !line.empty() && trim(line).empty();  // unless an empty line follows
    if (may_end && (after.empty() || after == "\r")) return HeaderBlock::cut;
    if (line.empty() || (may_end && !after.starts_with('\n') && !after.starts_with("\r\n"))) {
      headers = HttpHeaders{rest.substr(0, rest.size() - after.size())};
      rest = after;
      return HeaderBlock::whole;
    }
    if (++lines > http_header_limit) return HeaderBlock::too_long;
  }
  return HeaderBlock::cut;
}

void read_header(const HttpHeader& header, HttpResponse& response, BodyHeaders& body) noexcept {
  const auto first = [&](std::string_view name, std::string_view& value) {
    if (!same_token(header.name, name)) return false;
    if (value.empty()) value = header.value;
    return true;
  };
  if (first("Content-Type", response.content_type) || first("Location", response.location) ||
      first("Upgrade", response.upgrade) || first("Sec-WebSocket-Extensions", response.extensions))
    return;
  body.read(header);
}

}  // namespace

Probe probe_http_response(Bytes stream) noexcept {
  const auto text = as_text(stream);
  const auto head = text.substr(0, version_prefix.size());
  if (!version_prefix.starts_with(head)) return Probe::no;
  if (text.size() <= version_prefix.size()) return Probe::maybe;
  return is_digit(text.substr(version_prefix.size()).front()) ? Probe::yes : Probe::no;
}

tl::expected<HttpResponse, HttpError> parse_http_response(Bytes stream, std::string_view request_method) noexcept {
  auto rest = as_text(stream);
  skip_leading_bytes(rest);
  if (!begins_status_line(rest)) return error(HttpError::not_this);
  std::string_view line;
  if (!take_line(rest, line)) return error(HttpError::need_more);
  HttpResponse response;
  read_status_line(line, response);
  switch (take_response_headers(rest, response.headers)) {
    case HeaderBlock::whole: break;
    case HeaderBlock::cut: return error(HttpError::need_more);
    case HeaderBlock::too_long: return error(HttpError::too_many_headers);
  }
  response.size = stream.size() - rest.size();

  BodyHeaders body;
  for (const auto& header : response.headers) read_header(header, response, body);
  response.codings = body.codings;
  const auto status = response.status;
  const bool granted = request_method == "CONNECT" && status >= 200 && status < 300;
  response.switches_protocol = status == 101 || granted;
  // Where a status that has no body comes with a length or a coding (RFC 9110 section 8.6 forbids it), clients read
  // one; of 304 it is the length of what is not sent.
  const bool interim = status >= 100 && status < 200;
  const bool announced = body.coded || body.length.value_or(0) > 0;
  // RFC 9112 section 6.3
  if (request_method == "HEAD" || status == 304 || response.switches_protocol ||
      ((interim || status == 204) && !announced)) {  // items 1 and 2
    response.framing = BodyFraming::none;
  } else if (body.chunked) {  // items 3 and 4
    response.framing = BodyFraming::chunked;
  } else if (!body.coded && body.length) {  // item 6; of several lengths the first, as clients have it (item 5)
    response.framing = BodyFraming::length;
    response.content_length = *body.length;
  } else {  // items 4 and 8
    response.framing = BodyFraming::until_close;
  }
  return response;
}

}  // namespace sluice
