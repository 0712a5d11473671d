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
  http_response_body = 10,
  http_stat_code = 11,
  http_stat_msg = 12,
  http_response_line = 13,
  http_content_type = 14,
  ipv4_header = 15,  // of the packet, options too
  ipv6_header = 16,
  tcp_header = 17,
  udp_header = 18,
  icmpv4_header = 19,
  icmpv6_header = 20,
  ip_source = 21,  // 4 or 16 bytes
  ip_destination = 22,
};

constexpr std::array<std::string_view, 23> buffer_names{"payload",
                                                        "dns.query",
                                                        "tls.sni",
                                                        "quic.sni",
                                                        "http.method",
                                                        "http.uri",
                                                        "http.host",
                                                        "http.user_agent",
                                                        "http.header",
                                                        "http.request_body",
                                                        "http.response_body",
                                                        "http.stat_code",
                                                        "http.stat_msg",
                                                        "http.response_line",
                                                        "http.content_type",
                                                        "ipv4.hdr",
                                                        "ipv6.hdr",
                                                        "tcp.hdr",
                                                        "udp.hdr",
                                                        "icmpv4.hdr",
                                                        "icmpv6.hdr",
                                                        "ip.src",
                                                        "ip.dst"};
constexpr std::size_t buffer_count = buffer_names.size();

// What only an HTTP request has, and what only a response has; of the other HTTP buffers both have one.
[[nodiscard]] constexpr bool is_of_request(Buffer buffer) noexcept {
  return buffer == Buffer::http_method || buffer == Buffer::http_uri || buffer == Buffer::http_host ||
         buffer == Buffer::http_user_agent || buffer == Buffer::http_request_body;
}
[[nodiscard]] constexpr bool is_of_response(Buffer buffer) noexcept {
  return buffer == Buffer::http_response_body || buffer == Buffer::http_stat_code || buffer == Buffer::http_stat_msg ||
         buffer == Buffer::http_response_line;
}

// What a packet has, whatever it carries.
[[nodiscard]] constexpr bool is_of_packet(Buffer buffer) noexcept {
  return buffer >= Buffer::ipv4_header && buffer <= Buffer::ip_destination;
}
// What a parsed message has.
[[nodiscard]] constexpr bool is_of_message(Buffer buffer) noexcept {
  return buffer != Buffer::payload && !is_of_packet(buffer);
}

[[nodiscard]] constexpr std::string_view text_of(Buffer buffer) noexcept {
  return buffer_names[static_cast<std::size_t>(buffer)];
}

}  // namespace sluice
