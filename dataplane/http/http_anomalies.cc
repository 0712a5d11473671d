#include "dataplane/http/http_anomalies.hh"

#include <algorithm>
#include <array>
#include <charconv>

namespace sluice {
namespace {

constexpr std::size_t repetition_limit = 64;  // of one header; libhtp's bound

bool is_alphanumeric(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct HostAndPort {
  std::string_view host;
  std::string_view port;
};

// RFC 3986 section 3.2.
HostAndPort split(std::string_view authority) noexcept {
  const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return {authority, {}};
  const auto colon = authority.find(':', bracket);
  if (colon == std::string_view::npos) return {authority, {}};
  return {authority.substr(0, colon), authority.substr(colon + 1)};
}

// As lenient as libhtp: labels of letters, digits, `-` and `_`, at most 63 each; or an address in brackets.
bool is_host(std::string_view host) noexcept {
  if (host.starts_with('[')) return host.size() > 2 && host.ends_with(']');
  if (host.empty() || host.size() > 255) return false;
  if (host.ends_with('.')) host.remove_suffix(1);
  while (!host.empty()) {
    const auto dot = std::min(host.find('.'), host.size());
    const auto label = host.substr(0, dot);
    if (label.empty() || label.size() > 63) return false;
    if (!std::all_of(label.begin(), label.end(), [](char c) { return is_alphanumeric(c) || c == '-' || c == '_'; }))
      return false;
    host.remove_prefix(std::min(dot + 1, host.size()));
  }
  return true;
}

// The port that the authority names; nothing else is told apart from 0.
unsigned port_of(std::string_view text) noexcept {
  unsigned port = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), port);
  return result.ec == std::errc{} && result.ptr == text.data() + text.size() && port <= 65535 ? port : 0;
}

bool starts_with_token(std::string_view text, std::string_view token) noexcept {
  return text.size() >= token.size() && same_token(text.substr(0, token.size()), token);
}

// Lines that are no header, and lines that continue one: in the form of the head, not in what is read of it.
void note_lines(const HttpHeaders& headers, bool is_response, Anomalies& anomalies) noexcept {
  auto rest = headers.text();
  std::string_view line;
  for (bool is_first = true; take_line(rest, line) && !line.empty(); is_first = false) {
    if (line.front() == ' ' || line.front() == '\t') {
      if (is_first)
        anomalies.add(is_response ? Anomaly::http_invalid_response_field_folding
                                  : Anomaly::http_invalid_request_field_folding);
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
      anomalies.add(is_response ? Anomaly::http_response_field_missing_colon
                                : Anomaly::http_request_field_missing_colon);
    else if (colon == 0 || line[colon - 1] == ' ' || line[colon - 1] == '\t')
      anomalies.add(is_response ? Anomaly::http_response_header_invalid : Anomaly::http_request_header_invalid);
  }
}

struct Counted {
  std::size_t content_lengths = 0;
  std::size_t hosts = 0;
  bool has_transfer_coding = false;
  bool bad_transfer_coding = false;
};

bool is_known_coding(std::string_view coding) noexcept {
  constexpr std::array<std::string_view, 9> known{"gzip",     "x-gzip", "deflate", "x-deflate", "br",
                                                  "identity", "lzma",   "inflate", "none"};
  return std::any_of(known.begin(), known.end(), [&](auto name) { return same_token(coding, name); });
}

void note_codings(std::string_view value, Anomalies& anomalies) noexcept {
  for (std::size_t comma = 0; comma != std::string_view::npos;) {
    comma = value.find(',');
    if (!is_known_coding(trim(value.substr(0, comma)))) anomalies.add(Anomaly::http_abnormal_ce_header);
    if (comma != std::string_view::npos) value.remove_prefix(comma + 1);
  }
}

Counted note_headers(const HttpHeaders& headers, bool is_response, Anomalies& anomalies) noexcept {
  Counted counted;
  std::size_t run = 0;  // of headers with the name of the one before
  std::string_view last;
  for (const auto& header : headers) {
    run = same_token(header.name, last) ? run + 1 : 0;
    last = header.name;
    if (run == repetition_limit)
      anomalies.add(is_response ? Anomaly::http_response_header_repetition : Anomaly::http_request_header_repetition);
    if (same_token(header.name, "Content-Length")) {
      ++counted.content_lengths;
    } else if (same_token(header.name, "Host")) {
      ++counted.hosts;
    } else if (same_token(header.name, "Transfer-Encoding")) {
      counted.has_transfer_coding = true;
      counted.bad_transfer_coding = !same_token(header.value, "chunked");
    } else if (same_token(header.name, "Content-Encoding")) {
      note_codings(header.value, anomalies);
    }
  }
  if (counted.content_lengths > 1)
    anomalies.add(is_response ? Anomaly::http_duplicate_content_length_field_in_response
                              : Anomaly::http_duplicate_content_length_field_in_request);
  return counted;
}

void note_host(const HttpRequest& request, std::uint16_t server_port, const Counted& counted,
               Anomalies& anomalies) noexcept {
  const auto header = request.headers.find("Host");
  if (!header) {
    // RFC 9112 section 3.2: HTTP/1.1 has one.
    if (request.protocol == "HTTP/1.1") anomalies.add(Anomaly::http_missing_host_header);
  } else {
    const auto named = split(*header);
    if (!is_host(named.host)) anomalies.add(Anomaly::http_request_header_host_invalid);
    if (!named.port.empty()) {
      const auto port = port_of(named.port);
      if (port == 0)
        anomalies.add(Anomaly::http_request_header_host_invalid);
      else if (port != server_port)
        anomalies.add(Anomaly::http_request_server_port_tcp_port_mismatch);
    }
    const auto target = split(request.target_host);
    if (counted.hosts > 1 || (!target.host.empty() && !same_token(target.host, named.host)))
      anomalies.add(Anomaly::http_host_header_ambiguous);
  }
  if (request.target_host.empty()) return;
  const auto target = split(request.target_host);
  if (!is_host(target.host)) anomalies.add(Anomaly::http_request_uri_host_invalid);
  if (target.port.empty()) return;
  const auto port = port_of(target.port);
  if (port == 0)
    anomalies.add(Anomaly::http_invalid_authority_port);
  else if (port != server_port)
    anomalies.add(Anomaly::http_request_server_port_tcp_port_mismatch);
}

}  // namespace

void note_http_request(const HttpRequest& request, std::uint16_t server_port, Anomalies& anomalies) noexcept {
  if (request.protocol.empty()) anomalies.add(Anomaly::http_request_line_missing_protocol);
  note_lines(request.headers, false, anomalies);
  const auto counted = note_headers(request.headers, false, anomalies);
  if (counted.bad_transfer_coding) anomalies.add(Anomaly::http_invalid_transfer_encoding_value_in_request);
  note_host(request, server_port, counted, anomalies);
  if (const auto authorization = request.headers.find("Authorization")) {
    const auto is = [&](std::string_view scheme) { return starts_with_token(*authorization, scheme); };
    if (!is("Basic ") && !is("Digest ") && !is("Bearer ")) anomalies.add(Anomaly::http_request_auth_unrecognized);
  }
}

void note_http_response(const HttpResponse& response, Anomalies& anomalies) noexcept {
  note_lines(response.headers, true, anomalies);
  const auto counted = note_headers(response.headers, true, anomalies);
  if (counted.bad_transfer_coding) anomalies.add(Anomaly::http_response_abnormal_transfer_encoding);
  if (counted.has_transfer_coding && response.protocol == "HTTP/1.0")
    anomalies.add(Anomaly::http_response_chunked_old_proto);
  if (starts_with_token(response.content_type, "multipart/byteranges"))
    anomalies.add(Anomaly::http_response_multipart_byteranges);
}

void note_http_error(HttpError error, bool is_response, Anomalies& anomalies) noexcept {
  switch (error) {
    case HttpError::need_more: return;
    case HttpError::not_this:
      return anomalies.add(is_response ? Anomaly::http_response_invalid_protocol : Anomaly::http_request_line_invalid);
    case HttpError::too_many_headers:
      return anomalies.add(is_response ? Anomaly::http_response_too_many_headers
                                       : Anomaly::http_request_too_many_headers);
    case HttpError::content_length:
      return anomalies.add(is_response ? Anomaly::http_invalid_content_length_field_in_response
                                       : Anomaly::http_invalid_content_length_field_in_request);
    case HttpError::transfer_coding:
      return anomalies.add(is_response ? Anomaly::http_invalid_transfer_encoding_value_in_response
                                       : Anomaly::http_invalid_transfer_encoding_value_in_request);
  }
}

void note_content_error(ContentError error, Anomalies& anomalies) noexcept {
  switch (error) {
    case ContentError::unknown_coding: return;  // the header says so
    case ContentError::not_followed: return;    // nothing is wrong with it
    case ContentError::too_many_codings: return anomalies.add(Anomaly::http_too_many_encoding_layers);
    case ContentError::corrupt: return anomalies.add(Anomaly::http_gzip_decompression_failed);
    case ContentError::expansion: return anomalies.add(Anomaly::http_compression_bomb);
    case ContentError::memory: return anomalies.add(Anomaly::http_lzma_memlimit_reached);
  }
}

}  // namespace sluice
