#include "dataplane/signatures/http_values.hh"

#include <algorithm>

#include "dataplane/signatures/http_uri.hh"

namespace sluice {
namespace {

// Buffers that hold the value of one header.
struct NamedBuffer {
  std::string_view name;
  Buffer buffer;
  bool of_requests;
  bool of_responses;
};
constexpr auto named_buffers = std::to_array<NamedBuffer>({
    {"User-Agent", Buffer::http_user_agent, true, false},
    {"Referer", Buffer::http_referer, true, false},
    {"Accept", Buffer::http_accept, true, false},
    {"Accept-Language", Buffer::http_accept_lang, true, false},
    {"Accept-Encoding", Buffer::http_accept_enc, true, false},
    {"Cookie", Buffer::http_cookie, true, false},
    {"Set-Cookie", Buffer::http_cookie, false, true},
    {"Connection", Buffer::http_connection, true, true},
    {"Content-Type", Buffer::http_content_type, true, true},
    {"Content-Length", Buffer::http_content_len, true, true},
    {"Server", Buffer::http_server, false, true},
    {"Location", Buffer::http_location, false, true},
});

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; }

// FNV-1a, over the name in lower case: names are told apart by it first.
std::uint32_t hash_of(std::string_view name) noexcept {
  std::uint32_t hash = 2'166'136'261;
  for (const auto c : name) hash = (hash ^ static_cast<unsigned char>(lower(c))) * 16'777'619;
  return hash;
}

// A line that continues another stands in its value with its line end (RFC 9112 section 5.2): one blank for both.
void write_unfolded(std::string_view value, MessageValues& values) noexcept {
  while (true) {
    const auto end = value.find_first_of("\r\n");
    values.write(value.substr(0, end));
    if (end == std::string_view::npos) return;
    value.remove_prefix(end);
    value.remove_prefix(std::min(value.find_first_not_of("\r\n\t "), value.size()));
    values.write(' ');
  }
}

bool is_cookie(std::string_view name) noexcept { return same_token(name, "Cookie") || same_token(name, "Set-Cookie"); }

}  // namespace

void HttpValues::read(const HttpHeaders& headers) noexcept {
  count_ = 0;
  for (const auto& header : headers) {
    if (count_ == lines_.size()) return;
    auto& line = lines_[count_];
    line = {header, hash_of(header.name), true, false};
    for (std::size_t i = 0; i < count_ && line.is_first; ++i) {
      auto& before = lines_[i];
      if (!before.is_first || before.hash != line.hash || !same_token(before.header.name, header.name)) continue;
      line.is_first = false;
      before.has_others = true;
    }
    ++count_;
  }
}

void HttpValues::write_value(MessageValues& values, std::size_t line, std::string_view between) const noexcept {
  write_unfolded(lines_[line].header.value, values);
  if (!lines_[line].has_others) return;
  for (std::size_t i = line + 1; i < count_; ++i) {
    const auto& other = lines_[i];
    if (other.hash != lines_[line].hash || !same_token(other.header.name, lines_[line].header.name)) continue;
    values.write(between);
    write_unfolded(other.header.value, values);
  }
}

void HttpValues::put_named(MessageValues& values, bool is_request, bool is_http2) noexcept {
  for (const auto& named : named_buffers) {
    if (!(is_request ? named.of_requests : named.of_responses) || !values.wants(named.buffer)) continue;
    const auto hash = hash_of(named.name);
    for (std::size_t i = 0; i < count_; ++i) {
      if (lines_[i].hash != hash || !same_token(lines_[i].header.name, named.name)) continue;
      // RFC 9113 section 8.2.3: cookies in several fields are one list.
      write_value(values, i, named.buffer == Buffer::http_cookie && is_http2 ? "; " : ", ");
      values.finish(named.buffer);
      break;
    }
  }
}

void HttpValues::put_common(const HttpHeaders& headers, std::string_view protocol, std::string_view first_line,
                            MessageValues& values, bool is_request) noexcept {
  read(headers);
  put_named(values, is_request, protocol == "HTTP/2");
  values.put(Buffer::http_protocol, protocol);
  values.put(Buffer::http_header_raw, headers.text());
  if (values.wants(Buffer::http_header)) {
    for (std::size_t i = 0; i < count_; ++i) {
      if (!lines_[i].is_first || is_cookie(lines_[i].header.name)) continue;
      values.write(lines_[i].header.name);
      values.write(": ");
      write_value(values, i, ", ");
      values.write("\r\n");
    }
    values.finish(Buffer::http_header);
  }
  if (values.wants(Buffer::http_header_names)) {
    values.write("\r\n");
    for (std::size_t i = 0; i < count_; ++i) {
      if (!lines_[i].is_first) continue;
      values.write(lines_[i].header.name);
      values.write("\r\n");
    }
    values.write("\r\n");
    values.finish(Buffer::http_header_names);
  }
  const auto each = is_request ? Buffer::http_request_header : Buffer::http_response_header;
  for (std::size_t i = 0; i < count_ && values.wants(each); ++i) {
    if (!lines_[i].is_first) continue;
    values.write(lines_[i].header.name);
    values.write(": ");
    write_value(values, i, ", ");
    values.finish(each);
  }
  for (std::size_t i = 0; i < count_ && protocol == "HTTP/2"; ++i)
    values.put(Buffer::http2_header_name, lines_[i].header.name);
  if (values.wants(Buffer::http_start)) {
    values.write(first_line);
    if (!first_line.ends_with('\n')) values.write("\r\n");
    values.write(headers.text());
    values.finish(Buffer::http_start);
  }
}

void HttpValues::put(const HttpRequest& request, MessageValues& values) noexcept {
  auto line = request.line;
  if (line.empty() && (values.wants(Buffer::http_request_line) || values.wants(Buffer::http_start))) {
    for (const auto part : {request.method, std::string_view{" "}, request.target, std::string_view{" "},
                            request.protocol, std::string_view{"\r\n"}})
      values.write(part);
    line = values.finish();
  }
  values.put(Buffer::http_request_line, line);
  values.put(Buffer::http_method, request.method);
  values.put(Buffer::http_uri_raw, request.target);
  if (values.wants(Buffer::http_uri)) {
    write_normalised_uri(request.target, values);
    values.put(Buffer::http_uri, values.finish());
  }
  const auto host = request.target_host.empty() ? request.host : request.target_host;
  values.put(Buffer::http_host_raw, host);
  if (values.wants(Buffer::http_host) && host.data() != nullptr) {
    // RFC 3986 section 3.2.2: an IPv6 address stands in brackets before the port.
    const auto colon = host.find(':', host.starts_with('[') ? host.find(']') : 0);
    for (const auto c : host.substr(0, colon)) values.write(lower(c));
    values.finish(Buffer::http_host);
  }
  put_common(request.headers, request.protocol, line, values, true);
}

void HttpValues::put(const HttpResponse& response, MessageValues& values) noexcept {
  auto code = response.line.substr(std::min(response.protocol.size(), response.line.size()));
  code = trim(code);
  code = code.substr(0, code.find(' '));
  if (response.line.empty()) {  // of HTTP/2
    for (const auto digit : {response.status / 100 % 10, response.status / 10 % 10, response.status % 10})
      values.write(static_cast<char>('0' + digit));
    code = values.finish();
  }
  values.put(Buffer::http_stat_code, code);
  values.put(Buffer::http_stat_msg, response.reason);
  auto line = response.line;
  if (line.empty() && (values.wants(Buffer::http_response_line) || values.wants(Buffer::http_start))) {
    for (const auto part : {response.protocol, std::string_view{" "}, code, std::string_view{"\r\n"}})
      values.write(part);
    line = values.finish();
  }
  values.put(Buffer::http_response_line, line);
  put_common(response.headers, response.protocol, line, values, false);
}

// RFC 9113 sections 6.2 to 6.9
void put_http2_frame(const Http2FrameHeader& header, Bytes payload, MessageValues& values) noexcept {
  Reader reader{payload};
  const auto put = [&](MessageNumber number, std::uint64_t value) {
    if (reader.ok()) values.put(number, value);
  };
  values.put(MessageNumber::http2_frametype, static_cast<std::uint64_t>(header.type));
  switch (header.type) {
    case Http2FrameType::headers:
      if (!header.has(http2_flag::priority)) return;
      if (header.has(http2_flag::padded)) reader.skip(1);
      [[fallthrough]];
    case Http2FrameType::priority: reader.skip(4); return put(MessageNumber::http2_priority, reader.u8());
    case Http2FrameType::goaway: reader.skip(4); [[fallthrough]];
    case Http2FrameType::rst_stream: return put(MessageNumber::http2_errorcode, reader.be32());
    case Http2FrameType::window_update: return put(MessageNumber::http2_window, reader.be32() & 0x7fff'ffff);
    case Http2FrameType::settings:
      while (reader.left() >= 6) {
        const std::uint64_t identifier = reader.be16();
        put(MessageNumber::http2_settings, identifier << http2_setting_shift | reader.be32());
      }
      return;
    default: return;
  }
}

}  // namespace sluice
