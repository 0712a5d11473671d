#include "dataplane/http_response.hh"

#include <algorithm>
#include <charconv>

#include "dataplane/http_framing.hh"

namespace sluice {
namespace {

constexpr std::string_view version_prefix = "HTTP/1.";

constexpr auto error(HttpError reason) noexcept { return tl::unexpected{reason}; }

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// RFC 9112 section 4
bool read_status_line(std::string_view line, HttpResponse& response) noexcept {
  response.line = line;
  const auto first_space = std::min(line.find(' '), line.size());
  response.protocol = line.substr(0, first_space);
  const auto version = response.protocol;  // RFC 9112 section 2.3; 1.0 and 1.1 exist
  if (version.size() != version_prefix.size() + 1 || !version.starts_with(version_prefix) || !is_digit(version.back()))
    return false;
  line = trim(line.substr(first_space));
  const auto digits = line.substr(0, 3);
  if (digits.size() != 3 || !std::all_of(digits.begin(), digits.end(), is_digit) || digits.starts_with('0'))
    return false;
  line.remove_prefix(digits.size());
  if (!line.empty() && !line.starts_with(' ')) return false;
  response.reason = trim(line);
  std::from_chars(digits.data(), digits.data() + digits.size(), response.status);
  return true;
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
  if (probe_http_response(stream) == Probe::no) return error(HttpError::not_this);
  auto rest = as_text(stream);
  std::string_view line;
  if (!take_line(rest, line)) return error(HttpError::need_more);
  HttpResponse response;
  if (!read_status_line(line, response)) return error(HttpError::not_this);
  switch (take_header_block(rest, response.headers)) {
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
