// The ServerHello of TLS and DTLS (RFC 8446 section 4.1.3, RFC 5246 section 7.4.1.3), which HelloRetryRequest shares.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/tls/tls_error.hh"

namespace sluice {

struct ServerHello {
  std::uint16_t legacy_version = 0;
  std::uint16_t selected_version = 0;  // supported_versions where present, else legacy_version
  std::uint16_t cipher_suite = 0;
  std::string_view alpn;          // empty = none; TLS 1.3 sends it encrypted
  bool selects_psk = false;       // pre_shared_key (RFC 8446 section 4.2.11): the session goes on from an older one
  bool is_retry_request = false;  // HelloRetryRequest: the client is asked for another hello
  Bytes random;                   // 32 bytes
  Bytes extensions;               // the extension block without its length

  // Whether all that follows it is encrypted (RFC 8446 section 2): TLS 1.3 with its drafts, DTLS 1.3.
  [[nodiscard]] bool hides_the_rest() const noexcept;
};

// The body of the message, without any header.
[[nodiscard]] tl::expected<ServerHello, TlsError> read_server_hello(Bytes body) noexcept;

}  // namespace sluice
