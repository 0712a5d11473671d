#include "dataplane/http/http_framing.hh"

#include <algorithm>
#include <charconv>

namespace sluice {
namespace {

// RFC 9110 section 8.6: digits; a list of equal values counts as one (RFC 9112 section 6.3).
bool read_content_length(std::string_view value, std::optional<std::uint64_t>& length) noexcept {
  for (;;) {
    const auto item = trim(value.substr(0, value.find(',')));
    std::uint64_t number = 0;
    const auto result = std::from_chars(item.data(), item.data() + item.size(), number);
    if (result.ec != std::errc{}) return false;
    if (!length) length = number;  // the first that stands there, also where it is a bad one
    if (*length != number || result.ptr != item.data() + item.size()) return false;
    const auto comma = value.find(',');
    if (comma == std::string_view::npos) return true;
    value.remove_prefix(comma + 1);
  }
}

}  // namespace

void BodyHeaders::read(const HttpHeader& header) noexcept {
  if (same_token(header.name, "Content-Length")) {
    bad_length = !read_content_length(header.value, length) || bad_length;
  } else if (same_token(header.name, "Content-Encoding")) {
    codings.add(header.value);
  } else if (same_token(header.name, "Transfer-Encoding")) {
    auto below = header.value;  // what stands before the last coding
    std::string_view last;
    do {
      if (below.empty()) return;
      const auto comma = below.rfind(',');
      last = trim(below.substr(comma + 1));  // npos + 1 = 0
      below = comma == std::string_view::npos ? std::string_view{} : below.substr(0, comma);
    } while (same_token(last, "identity"));  // a relic of RFC 2616 section 3.6: no coding
    coded = true;
    chunked = same_token(trim(last.substr(0, last.find(';'))), "chunked");
    // RFC 9112 section 7.2: codings below the chunks are undone as those of the content are.
    if (chunked) codings.add(below);
  }
}

}  // namespace sluice
