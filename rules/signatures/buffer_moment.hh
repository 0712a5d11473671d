// When a message shows what stands in a buffer: what a rule names together must be there at one moment.
#pragma once

#include <cstdint>

#include "rules/signatures/buffer.hh"

namespace sluice {

using Moments = std::uint16_t;  // a set of the below

namespace when {
constexpr Moments none = 0;
constexpr Moments any = static_cast<Moments>(~0U);
constexpr Moments payload = 1U << 0;
constexpr Moments request_head = 1U << 1;   // of HTTP, once the head is whole
constexpr Moments request_body = 1U << 2;   // with what was collected of it
constexpr Moments response_head = 1U << 3;  //
constexpr Moments response_body = 1U << 4;  //
constexpr Moments client_hello = 1U << 5;   // of TLS, DTLS and QUIC
constexpr Moments server_hello = 1U << 6;   //
constexpr Moments certificate = 1U << 7;    // the first of a chain
constexpr Moments issuer = 1U << 8;         // each of those behind it
constexpr Moments chain_end = 1U << 9;      // behind the last
constexpr Moments dns = 1U << 10;           // a message
constexpr Moments http2_frame = 1U << 11;   // each

constexpr Moments requests = request_head | request_body;
constexpr Moments responses = response_head | response_body;
constexpr Moments http = requests | responses;
constexpr Moments bodies = request_body | response_body;
constexpr Moments hellos = client_hello | server_hello;
constexpr Moments certificates = certificate | issuer | chain_end;
}  // namespace when

[[nodiscard]] constexpr Moments moments_of(Buffer buffer) noexcept {
  switch (buffer) {
    case Buffer::payload: return when::payload;
    case Buffer::ipv4_header:
    case Buffer::ipv6_header:
    case Buffer::tcp_header:
    case Buffer::udp_header:
    case Buffer::icmpv4_header:
    case Buffer::icmpv6_header:
    case Buffer::ip_source:
    case Buffer::ip_destination: return when::any;  // of packets, which all messages come in
    case Buffer::dns_query:
    case Buffer::dns_queries_rrname:
    case Buffer::dns_answers_rrname:
    case Buffer::dns_authorities_rrname:
    case Buffer::dns_additionals_rrname:
    case Buffer::dns_response_rrname: return when::dns;
    case Buffer::http_method:
    case Buffer::http_uri:
    case Buffer::http_uri_raw:
    case Buffer::http_host:
    case Buffer::http_host_raw:
    case Buffer::http_user_agent:
    case Buffer::http_request_header:
    case Buffer::http_referer:
    case Buffer::http_accept:
    case Buffer::http_accept_lang:
    case Buffer::http_accept_enc:
    case Buffer::http_request_line: return when::requests;
    case Buffer::http_request_body: return when::request_body;
    case Buffer::http_response_body: return when::response_body;
    case Buffer::file_data:
    case Buffer::file_name: return when::bodies;
    case Buffer::http_stat_code:
    case Buffer::http_stat_msg:
    case Buffer::http_response_line:
    case Buffer::http_response_header:
    case Buffer::http_server:
    case Buffer::http_location: return when::responses;
    case Buffer::http_header:
    case Buffer::http_header_raw:
    case Buffer::http_header_names:
    case Buffer::http_content_type:
    case Buffer::http_content_len:
    case Buffer::http_cookie:
    case Buffer::http_connection:
    case Buffer::http_protocol:
    case Buffer::http_start:
    case Buffer::http2_header_name: return when::http;
    case Buffer::tls_sni:
    case Buffer::quic_sni:
    case Buffer::quic_ua:
    case Buffer::ja3_hash:
    case Buffer::ja3_string:
    case Buffer::ja4_hash: return when::client_hello;
    case Buffer::ja3s_hash:
    case Buffer::ja3s_string: return when::server_hello;
    case Buffer::quic_version:
    case Buffer::tls_random:
    case Buffer::tls_random_time:
    case Buffer::tls_random_bytes:
    case Buffer::tls_alpn: return when::hellos;
    case Buffer::tls_cert_issuer:
    case Buffer::tls_cert_serial:
    case Buffer::tls_cert_fingerprint:
    case Buffer::tls_subjectaltname: return when::certificate;
    case Buffer::tls_cert_subject:
    case Buffer::tls_certs: return when::certificate | when::issuer;
  }
  return when::none;
}

// What a message may have several of: a rule's parts behind one mention of it must all match in one of them.
[[nodiscard]] constexpr bool has_several(Buffer buffer) noexcept {
  switch (buffer) {
    case Buffer::dns_query:
    case Buffer::dns_queries_rrname:
    case Buffer::dns_answers_rrname:
    case Buffer::dns_authorities_rrname:
    case Buffer::dns_additionals_rrname:
    case Buffer::dns_response_rrname:
    case Buffer::http_request_header:
    case Buffer::http_response_header:
    case Buffer::http2_header_name:
    case Buffer::file_data:
    case Buffer::file_name:
    case Buffer::tls_subjectaltname:
    case Buffer::tls_alpn: return true;
    default: return false;
  }
}

}  // namespace sluice
