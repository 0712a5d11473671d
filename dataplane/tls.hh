// The TLS handshake as far as it is in clear text: ClientHello and ServerHello (RFC 8446 section 4.1; for older
// versions RFC 5246 section 7.4.1, RFC 6101 section 5.6.1). Views point into the bytes that were given, or into
// `scratch`; nothing is allocated. DTLS and the SSLv2 form of a ClientHello (RFC 5246 appendix E.2) are not this
// protocol.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/bytes.hh"
#include "dataplane/probe_result.hh"

namespace sluice {

enum class TlsError : std::uint8_t {
  need_more,            // a longer prefix of the stream is needed
  not_this,             // the wanted handshake message does not stand here
  message_too_long,     // the message is spread over records and does not fit into the scratch buffer
  record,               // a record inside the message breaks RFC 8446 section 5.1: other type, empty, oversized
  malformed,            // a field is longer than what holds it, or outside the bounds of its RFC
  duplicate_extension,  // an extension that we read stands there twice (RFC 8446 section 4.2 forbids it)
};

// Plaintext of one record (RFC 8446 section 5.1).
constexpr std::size_t tls_record_limit = 16384;
// The largest ClientHello that its own length fields allow: every vector of RFC 8446 section 4.1.2 at its maximum.
constexpr std::size_t tls_hello_limit = 4 + 2 + 32 + (1 + 32) + (2 + 65534) + (1 + 255) + (2 + 65535);
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

struct ClientHello {
  std::uint16_t legacy_version = 0;
  // The highest of supported_versions (RFC 8446 section 4.2.1) that is a TLS version, so that GREASE (RFC 8701) does
  // not count; drafts of TLS 1.3 (0x7fXX, 0xfbXX) rank between 1.2 and 1.3. Without that extension: legacy_version.
  std::uint16_t highest_version = 0;
  // host_name of RFC 6066 section 3 as sent, its characters not judged, cut at tls_server_name_limit; empty = none.
  std::string_view sni;
  AlpnNames alpn;
  // Extension 0xfe0d was there, real or as GREASE, which cannot be told apart: `sni` may be a public outer name.
  bool has_encrypted_client_hello = false;
  Bytes cipher_suites;             // pairs of bytes, GREASE included
  Bytes extensions;                // the extension block without its length
  std::size_t handshake_size = 0;  // of the message with its 4-byte header
};

struct ServerHello {
  std::uint16_t selected_version = 0;  // supported_versions where present, else legacy_version
  std::uint16_t cipher_suite = 0;
  std::string_view alpn;  // empty = none; TLS 1.3 sends it encrypted
};

// Whether the head of a stream direction is a TLS record with a ClientHello or ServerHello. Never reads further
// than the first 10 bytes.
[[nodiscard]] Probe probe_tls(Bytes stream) noexcept;

// The ClientHello at the start of a client's stream. One that is spread over several records is joined in
// `scratch`; need_more until the last byte of the message is there.
[[nodiscard]] tl::expected<ClientHello, TlsError> parse_tls_client_hello(Bytes stream,
                                                                         std::span<std::uint8_t> scratch) noexcept;

// The same without record layer, as QUIC carries it (RFC 9001 section 4.1.3): the message with its 4-byte header.
// Bytes after the message are left alone.
[[nodiscard]] tl::expected<ClientHello, TlsError> parse_client_hello(Bytes handshake_message) noexcept;

// The ServerHello (or HelloRetryRequest, which has the same form) at the start of a server's stream.
[[nodiscard]] tl::expected<ServerHello, TlsError> parse_tls_server_hello(Bytes stream,
                                                                         std::span<std::uint8_t> scratch) noexcept;

}  // namespace sluice
