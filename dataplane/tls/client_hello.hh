// The ClientHello of TLS and DTLS (RFC 8446 section 4.1.2, RFC 9147 section 5.3; for older versions RFC 5246 section
// 7.4.1.2, RFC 6347 section 4.2.1, RFC 6101 section 5.6.1.2). Views point into the bytes that were given; nothing is
// allocated. The SSLv2 form of a ClientHello (RFC 5246 appendix E.2) is not this message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/tls/tls_error.hh"

namespace sluice {

// What is kept of a server name; RFC 6066 allows 65,535 bytes, a domain name has at most 253.
constexpr std::size_t tls_server_name_limit = 1024;

// The names of a ProtocolNameList (RFC 7301 section 3.1): for (std::string_view name : hello.alpn)
struct AlpnNames {
  Bytes raw;  // without the length of the list

  class Iterator {
   public:
    explicit Iterator(Bytes at) noexcept : rest_(at) { load(); }
    std::string_view operator*() const noexcept { return name_; }
    Iterator& operator++() noexcept;
    bool operator==(const Iterator& other) const noexcept { return rest_.size() == other.rest_.size(); }

   private:
    void load() noexcept;
    Bytes rest_;
    std::string_view name_;
  };

  [[nodiscard]] bool empty() const noexcept { return raw.empty(); }
  [[nodiscard]] Iterator begin() const noexcept { return Iterator{raw}; }
  [[nodiscard]] Iterator end() const noexcept { return Iterator{raw.last(0)}; }
};

// Which protocol carries the hello: their forms differ, and fingerprints say which it was.
enum class HelloCarrier : std::uint8_t { tls, quic, dtls };

struct ClientHello {
  HelloCarrier carrier = HelloCarrier::tls;
  std::uint16_t legacy_version = 0;
  // The highest of supported_versions (RFC 8446 section 4.2.1) that is a version of this protocol, so that GREASE
  // (RFC 8701) does not count; drafts of TLS 1.3 (0x7fXX, 0xfbXX) rank between 1.2 and 1.3, and DTLS counts downwards
  // (RFC 9147 section 5.3). Without that extension: legacy_version.
  std::uint16_t highest_version = 0;
  // host_name of RFC 6066 section 3 as sent, its characters not judged, cut at tls_server_name_limit; empty = none.
  std::string_view sni;
  bool has_server_name = false;  // the extension was there, whatever it held
  AlpnNames alpn;
  // Extension 0xfe0d was there, real or as GREASE, which cannot be told apart: `sni` may be a public outer name.
  bool has_encrypted_client_hello = false;
  // Of its outer form (draft-ietf-tls-esni-25 section 5): which of the server's keys it claims to be made for.
  std::optional<std::uint8_t> ech_config_id;
  Bytes random;         // 32 bytes
  Bytes cipher_suites;  // pairs of bytes, GREASE included
  Bytes extensions;     // the extension block without its length
  // Lists of pairs of bytes, without their lengths; empty where the extension is not there or not well formed.
  Bytes groups;                    // RFC 8446 section 4.2.7
  Bytes signature_algorithms;      // RFC 8446 section 4.2.3
  Bytes point_formats;             // RFC 8422 section 5.1.2: single bytes
  std::size_t handshake_size = 0;  // of the message with its 4-byte header
};

// The body of a ClientHello, without any header.
[[nodiscard]] tl::expected<ClientHello, TlsError> read_client_hello(Bytes body, HelloCarrier carrier) noexcept;

// The message with its 4-byte header, as QUIC carries it (RFC 9001 section 4.1.3); need_more until it is whole. Bytes
// after it are left alone.
[[nodiscard]] tl::expected<ClientHello, TlsError> parse_client_hello(Bytes handshake_message) noexcept;

}  // namespace sluice
