// What the buffers of the rule language hold of a request or a response of HTTP. docs.suricata.io, "HTTP Keywords".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dataplane/http/http2.hh"
#include "dataplane/http/http_response.hh"
#include "dataplane/signatures/message_values.hh"

namespace sluice {

// A head's header fields by name, one worker's room for one head at a time.
class HttpValues {
 public:
  void put(const HttpRequest& request, MessageValues& values) noexcept;
  void put(const HttpResponse& response, MessageValues& values) noexcept;

 private:
  struct Line {
    HttpHeader header;
    std::uint32_t hash = 0;   // of the name
    bool is_first = false;    // of its name
    bool has_others = false;  // of its name, behind it
  };

  // What both kinds of head have.
  void put_common(const HttpHeaders& headers, std::string_view protocol, std::string_view first_line,
                  MessageValues& values, bool is_request) noexcept;
  void read(const HttpHeaders& headers) noexcept;
  void put_named(MessageValues& values, bool is_request, bool is_http2) noexcept;
  // The value of all lines with the name of that one, folds taken out.
  void write_value(MessageValues& values, std::size_t line, std::string_view between) const noexcept;

  std::array<Line, http_header_limit> lines_;
  std::size_t count_ = 0;
};

// `payload`: of the frame, as far as it came by.
void put_http2_frame(const Http2FrameHeader& header, Bytes payload, MessageValues& values) noexcept;

}  // namespace sluice
