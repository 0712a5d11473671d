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
  http_uri_raw = 23,
  http_host_raw = 24,
  http_header_raw = 25,
  http_header_names = 26,
  http_request_header = 27,
  http_response_header = 28,
  http_cookie = 29,
  http_referer = 30,
  http_accept = 31,
  http_accept_lang = 32,
  http_accept_enc = 33,
  http_connection = 34,
  http_content_len = 35,
  http_protocol = 36,
  http_start = 37,
  http_request_line = 38,
  http_server = 39,
  http_location = 40,
  file_data = 41,
  tls_cert_subject = 42,
  tls_cert_issuer = 43,
  tls_cert_serial = 44,
  tls_cert_fingerprint = 45,
  tls_certs = 46,
  tls_subjectaltname = 47,
  tls_random = 48,
  tls_random_time = 49,
  tls_random_bytes = 50,
  tls_alpn = 51,
  ja3_hash = 52,
  ja3_string = 53,
  ja3s_hash = 54,
  ja3s_string = 55,
  ja4_hash = 56,
  dns_queries_rrname = 57,
  dns_answers_rrname = 58,
  dns_authorities_rrname = 59,
  dns_additionals_rrname = 60,
  dns_response_rrname = 61,
  quic_version = 62,
  quic_ua = 63,
  http2_header_name = 64,
  file_name = 65,
};

constexpr std::array<std::string_view, 66> buffer_names{"payload",
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
                                                        "ip.dst",
                                                        "http.uri.raw",
                                                        "http.host.raw",
                                                        "http.header.raw",
                                                        "http.header_names",
                                                        "http.request_header",
                                                        "http.response_header",
                                                        "http.cookie",
                                                        "http.referer",
                                                        "http.accept",
                                                        "http.accept_lang",
                                                        "http.accept_enc",
                                                        "http.connection",
                                                        "http.content_len",
                                                        "http.protocol",
                                                        "http.start",
                                                        "http.request_line",
                                                        "http.server",
                                                        "http.location",
                                                        "file.data",
                                                        "tls.cert_subject",
                                                        "tls.cert_issuer",
                                                        "tls.cert_serial",
                                                        "tls.cert_fingerprint",
                                                        "tls.certs",
                                                        "tls.subjectaltname",
                                                        "tls.random",
                                                        "tls.random_time",
                                                        "tls.random_bytes",
                                                        "tls.alpn",
                                                        "ja3.hash",
                                                        "ja3.string",
                                                        "ja3s.hash",
                                                        "ja3s.string",
                                                        "ja4.hash",
                                                        "dns.queries.rrname",
                                                        "dns.answers.rrname",
                                                        "dns.authorities.rrname",
                                                        "dns.additionals.rrname",
                                                        "dns.response.rrname",
                                                        "quic.version",
                                                        "quic.ua",
                                                        "http2.header_name",
                                                        "file.name"};
constexpr std::size_t buffer_count = buffer_names.size();

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
