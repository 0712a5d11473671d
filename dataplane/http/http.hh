// HTTP/1.0 and 1.1 (RFC 9112, RFC 9110): the heads of requests. As lenient as servers are: lines may
// end in a bare LF, fields may be folded, Host may be missing, and the version of a request too. HTTP/2 is not this.
//
// Views point into the bytes that were given. The bound of a head is the size of the buffer that it is given in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "dataplane/http/content_coding.hh"
#include "dataplane/http/http_body.hh"
#include "dataplane/http/http_headers.hh"

namespace sluice {

enum class HttpError : std::uint8_t {
  need_more,         // a longer prefix of the stream is needed
  not_this,          // no request line, or no status line, of HTTP/1
  too_many_headers,  // more lines than http_header_limit
  content_length,    // not a number, too large, or two different ones (RFC 9112 section 6.3)
  transfer_coding,   // a request whose last coding is not chunked: its end cannot be known (RFC 9112 section 6.3)
};

constexpr std::size_t http_method_limit = 20;
// Empty lines that are passed over before a request (RFC 9112 section 2.2).
constexpr std::size_t http_empty_line_limit = 4;
// Bytes without a line end after which a stream is not taken for a request any more.
constexpr std::size_t http_request_line_limit = 8192;

struct HttpRequest {
  std::size_t size = 0;   // of the head with its empty line: the body begins there
  std::string_view line;  // the request line without its end; empty for HTTP/2
  std::string_view method;
  std::string_view target;    // as sent
  std::string_view protocol;  // "HTTP/1.1"
  // The first Host that is not empty; else the authority of an absolute or CONNECT target, without user and password.
  // As sent: a port stays.
  std::string_view host;
  // The authority of an absolute target, which servers take in place of Host (RFC 9112 section 3.2.2); empty = none.
  std::string_view target_host;
  std::string_view user_agent;
  std::string_view referer;
  std::string_view content_type;
  HttpHeaders headers;
  std::string_view pseudo_fields;           // of HTTP/2, as `headers` has its text: ":name: value" a line
  BodyFraming framing = BodyFraming::none;  // none, length or chunked
  std::uint64_t content_length = 0;         // BodyFraming::length
  ContentCodings codings;                   // of the body
  bool offers_http2 = false;                // by Upgrade (RFC 7540 section 3.2.1)
};

// `yes` on a whole request line of HTTP/1.x, whatever its method, or on a method of the IANA registry with a path or
// http target. `maybe` while that may still come.
[[nodiscard]] Probe probe_http_request(Bytes stream) noexcept;
// The head at the start of the stream, RFC 9112 sections 3 and 5; body framing as section 6.3 has it for requests.
// Transfer-Encoding beats Content-Length.
[[nodiscard]] tl::expected<HttpRequest, HttpError> parse_http_request(Bytes stream) noexcept;

// What is certain of a head of which no more will come: the request line, which must be whole, and of the headers the
// whole lines, at most http_header_limit. `size` is the bytes of those lines; framing stays none. Also for heads that
// parse_http_request refuses for their framing.
// Errors: need_more (not even the request line is whole), not_this.
[[nodiscard]] tl::expected<HttpRequest, HttpError> parse_http_request_prefix(Bytes stream) noexcept;

}  // namespace sluice
