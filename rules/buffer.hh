// The closed list of what a signature's contents are looked for in: the sticky buffers of the rule language, and the
// payload itself. What each holds, and when, stands in rules/README.md.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice {

// Numbers stand in packs: append only, never renumber.
enum class Buffer : std::uint8_t {
  payload = 0,  // no sticky buffer: the first clear-text bytes of a TCP direction, or a UDP datagram
  dns_query = 1,
  tls_sni = 2,
  quic_sni = 3,
  http_method = 4,
  http_uri = 5,
  http_host = 6,
  http_user_agent = 7,
  http_header = 8,
  http_request_body = 9,
};

constexpr std::array<std::string_view, 10> buffer_names{
    "payload",  "dns.query", "tls.sni",         "quic.sni",    "http.method",
    "http.uri", "http.host", "http.user_agent", "http.header", "http.request_body"};
constexpr std::size_t buffer_count = buffer_names.size();

[[nodiscard]] constexpr std::string_view text_of(Buffer buffer) noexcept {
  return buffer_names[static_cast<std::size_t>(buffer)];
}

}  // namespace sluice
