// The numbers of a message that a rule may set conditions on, beside what its contents say of buffers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "rules/signatures/buffer_moment.hh"
#include "rules/signatures/integer_test.hh"

namespace sluice {

// Numbers stand in packs: append only, never renumber.
enum class MessageNumber : std::uint8_t {
  tls_version = 0,         // as sent: 0x0303
  ssl_version = 1,         // the same
  ssl_state = 2,           // SslState
  tls_cert_chain_len = 3,  // certificates
  tls_cert_notbefore = 4,  // seconds since certificate_epoch
  tls_cert_notafter = 5,   //
  tls_cert_expired = 6,    // 1: when the certificate came, its time was over
  dns_opcode = 7,
  dns_rcode = 8,
  dns_rrtype = 9,  // of each question and answer
  http2_frametype = 10,
  http2_errorcode = 11,  // of RST_STREAM and GOAWAY
  http2_priority = 12,   // the weight, as sent
  http2_window = 13,     // the increment of WINDOW_UPDATE
  http2_settings = 14,   // the identifier, shifted by http2_setting_shift, and the value
  file_size = 15,        // bytes of content, once the file ended
};

constexpr std::array<std::string_view, 16> number_names{
    "tls.version",        "ssl_version",       "ssl_state",        "tls.cert_chain_len",
    "tls_cert_notbefore", "tls_cert_notafter", "tls_cert_expired", "dns.opcode",
    "dns.rcode",          "dns.rrtype",        "http2.frametype",  "http2.errorcode",
    "http2.priority",     "http2.window",      "http2.settings",   "filesize"};
constexpr std::size_t number_count = number_names.size();

[[nodiscard]] constexpr std::string_view text_of(MessageNumber number) noexcept {
  return number_names[static_cast<std::size_t>(number)];
}

// Certificates may begin before 1970 (RFC 5280 section 4.1.2.5: from 0000-01-01): seconds from there to 1970.
constexpr std::uint64_t certificate_epoch = 62'167'219'200;

// RFC 9113 section 6.5.1: a value has 32 bits.
constexpr unsigned http2_setting_shift = 32;

enum class SslState : std::uint8_t {
  client_hello = 0,
  server_hello = 1,
  client_keyx = 2,
  server_keyx = 3,
  unknown = 4
};

[[nodiscard]] constexpr Moments moments_of(MessageNumber number) noexcept {
  switch (number) {
    case MessageNumber::tls_version:
    case MessageNumber::ssl_version:
    case MessageNumber::ssl_state: return when::hellos;
    case MessageNumber::tls_cert_chain_len: return when::chain_end;
    case MessageNumber::tls_cert_notbefore:
    case MessageNumber::tls_cert_notafter:
    case MessageNumber::tls_cert_expired: return when::certificate;
    case MessageNumber::dns_opcode:
    case MessageNumber::dns_rcode:
    case MessageNumber::dns_rrtype: return when::dns;
    case MessageNumber::http2_frametype:
    case MessageNumber::http2_errorcode:
    case MessageNumber::http2_priority:
    case MessageNumber::http2_window:
    case MessageNumber::http2_settings: return when::http2_frame;
    case MessageNumber::file_size: return when::bodies;
  }
  return when::none;
}

constexpr std::size_t number_tests_limit = 16;       // of one condition
constexpr std::size_t number_conditions_limit = 16;  // of a rule

// Holds where a number of the message meets one of the tests. Where a message has several, one that does is enough.
struct NumberCondition {
  MessageNumber number{};
  std::vector<IntegerTest> any_of;
};

}  // namespace sluice
