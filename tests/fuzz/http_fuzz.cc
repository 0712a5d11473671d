// Any bytes as a stream of requests and of responses, bodies counted off; a body in two pieces ends where it ends in
// one.
#include "dataplane/http/http_response.hh"

#include <cstdlib>

#include "dataplane/http/vendor_form.hh"

namespace {

using sluice::Bytes;

std::size_t count_headers(const sluice::HttpHeaders& headers) {
  std::size_t count = 0;
  for (const auto& header : headers) {
    if (header.name.empty()) std::abort();
    ++count;
  }
  return count;
}

// Bytes of the body at the start of `rest`.
std::size_t body_size(sluice::BodyFraming framing, std::uint64_t length, Bytes rest) {
  sluice::HttpBody whole{framing, length};
  const auto size = whole.consume(rest);
  if (size < rest.size() && !whole.done() && !whole.failed()) std::abort();

  sluice::HttpBody pieces{framing, length};
  auto half = pieces.consume(rest.first(rest.size() / 2));
  if (half == rest.size() / 2) half += pieces.consume(rest.subspan(half));
  if (half != size || pieces.done() != whole.done() || pieces.failed() != whole.failed()) std::abort();
  return size;
}

void requests(Bytes rest) {
  while (!rest.empty()) {
    const auto prefix = sluice::parse_http_request_prefix(rest);
    if (prefix && (prefix->size > rest.size() || count_headers(prefix->headers) > sluice::http_header_limit)) {
      std::abort();
    }
    const auto probe = sluice::probe_http_request(rest);
    const auto request = sluice::parse_http_request(rest);
    if (!request) {
      if (request.error() == sluice::HttpError::need_more && probe == sluice::Probe::no) std::abort();
      return;
    }
    if (probe != sluice::Probe::yes || request->size > rest.size() || request->method.empty()) std::abort();
    if (!prefix || prefix->host != request->host || prefix->target != request->target) std::abort();
    if (request->framing == sluice::BodyFraming::until_close) std::abort();
    if (sluice::may_be_vendor_request(*prefix) != sluice::may_be_vendor_request(*request)) std::abort();
    static_cast<void>(count_headers(request->headers));
    rest = rest.subspan(request->size);
    rest = rest.subspan(body_size(request->framing, request->content_length, rest));
  }
}

void responses(Bytes rest, std::string_view method) {
  while (!rest.empty()) {
    const auto response = sluice::parse_http_response(rest, method);
    // Answers may stand behind junk, where nothing is taken for HTTP that was not known for it.
    const bool is_probed = sluice::probe_http_response(rest) == sluice::Probe::yes;
    if (!response && response.error() == sluice::HttpError::not_this && is_probed) std::abort();
    if (!response) return;
    if (response->size > rest.size()) std::abort();
    static_cast<void>(count_headers(response->headers));
    rest = rest.subspan(response->size);
    rest = rest.subspan(body_size(response->framing, response->content_length, rest));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes stream{data, size};
  requests(stream);
  for (const auto* method : {"", "GET", "HEAD", "CONNECT"}) responses(stream, method);
  static_cast<void>(body_size(sluice::BodyFraming::chunked, 0, stream));
  return 0;
}
