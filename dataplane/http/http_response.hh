// HTTP/1.0 and 1.1: the heads of responses (RFC 9112 section 4), as lenient as clients are:
// dataplane/protocol/README.md says how far.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/http/http.hh"

namespace sluice {

struct HttpResponse {
  std::size_t size = 0;  // of the head with its empty line: the body begins there
  unsigned status = 0;   // 100 to 999; 0: none; 1xx without a body: the response proper is yet to come
  std::string_view protocol;
  std::string_view reason;  // the text behind the status; may be empty
  std::string_view line;    // the status line without its end
  std::string_view content_type;
  std::string_view location;
  std::string_view upgrade;     // the protocol that a 101 goes over to
  std::string_view extensions;  // Sec-WebSocket-Extensions
  HttpHeaders headers;
  std::string_view pseudo_fields;  // as of a request
  BodyFraming framing = BodyFraming::none;
  std::uint64_t content_length = 0;  // BodyFraming::length
  ContentCodings codings;            // of the body
  // After this head the connection is not HTTP/1 any more: 101, or a CONNECT that was granted.
  bool switches_protocol = false;
};

// `yes` on "HTTP/1." and a digit.
[[nodiscard]] Probe probe_http_response(Bytes stream) noexcept;

// The head at the start of the stream, RFC 9112 sections 4 and 5, body framing as section 6.3 has it for the answer to
// `request_method`: "HEAD" and "CONNECT" matter; empty where it was not seen.
[[nodiscard]] tl::expected<HttpResponse, HttpError> parse_http_response(Bytes stream,
                                                                        std::string_view request_method) noexcept;

}  // namespace sluice
