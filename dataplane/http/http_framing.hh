// What the headers of an HTTP/1 message say of the length and the codings of its body (RFC 9112 section 6).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/http/content_coding.hh"
#include "dataplane/http/http_headers.hh"

namespace sluice {

struct BodyHeaders {
  std::optional<std::uint64_t> length;
  bool bad_length = false;  // not a number, too large, or two different ones (RFC 9112 section 6.3)
  bool coded = false;       // there are transfer codings
  bool chunked = false;     // and chunked is the last one
  ContentCodings codings;   // Content-Encoding, and the transfer codings below chunked

  // One header of the message; others than these are passed over.
  void read(const HttpHeader& header) noexcept;
};

}  // namespace sluice
