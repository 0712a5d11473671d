// Why a handshake message could not be had, and the sizes that TLS itself allows.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sluice {

enum class TlsError : std::uint8_t {
  need_more,            // a longer prefix of the stream is needed
  not_this,             // another message or another protocol stands here
  message_too_long,     // a message, or one certificate, that does not fit into the room for it
  record,               // a record inside a message breaks RFC 8446 section 5.1: other type, empty, oversized
  malformed,            // a field is longer than what holds it, or outside the bounds of its RFC
  duplicate_extension,  // an extension that we read stands there twice (RFC 8446 section 4.2 forbids it)
  too_many_messages,    // more messages or certificates than are read of one flight
};

// Plaintext of one record (RFC 8446 section 5.1).
constexpr std::size_t tls_record_limit = 16384;
// Of a handshake message (RFC 8446 section 4), and of a record.
constexpr std::size_t tls_handshake_header = 4;
constexpr std::size_t tls_record_header = 5;
// The largest ClientHello that its own length fields allow: every vector of RFC 8446 section 4.1.2 at its maximum.
constexpr std::size_t tls_hello_limit = 4 + 2 + 32 + (1 + 32) + (2 + 65534) + (1 + 255) + (2 + 65535);

}  // namespace sluice
