// DTLS 1.0 to 1.3 as far as it is in clear text (RFC 4347, RFC 6347, RFC 9147): records of epoch 0, and the fragments
// of handshake messages in them. Views point into the bytes that were given.
//
//   Reader records{datagram};
//   while (const auto record = next_dtls_record(records)) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"

namespace sluice {

enum class DtlsError : std::uint8_t {
  end,        // nothing is left
  record,     // no record of DTLS, or one that is longer than its datagram
  encrypted,  // a record of a later epoch, or with the header of DTLS 1.3 (RFC 9147 section 4)
  fragment,   // a fragment that leaves its record or its message
};

enum class DtlsContent : std::uint8_t { change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23 };

struct DtlsRecord {
  DtlsContent content{};
  Bytes fragment;
};

struct DtlsFragment {
  std::uint8_t type = 0;             // HandshakeType
  std::uint16_t message = 0;         // message_seq: 0 for the first of a direction
  std::uint32_t message_length = 0;  // bytes of the whole message without a header
  std::uint32_t offset = 0;          // of data in it
  Bytes data;

  [[nodiscard]] bool is_whole() const noexcept { return data.size() == message_length; }
};

// One direction of a handshake, in the flow.
struct DtlsSide {
  std::uint16_t next_message = 0;  // message_seq that is waited for
  std::uint8_t last_type = 0;      // of the message before it
  bool ended = false;              // nothing in clear text is to come
};

// Whether a datagram starts with a record of DTLS that holds the head of a ClientHello, ServerHello or
// HelloVerifyRequest.
[[nodiscard]] Probe probe_dtls(Bytes datagram) noexcept;

// The next record of a datagram (RFC 6347 section 4.1). After an error nothing is left to read.
[[nodiscard]] tl::expected<DtlsRecord, DtlsError> next_dtls_record(Reader& datagram) noexcept;

// The next fragment in a handshake record (RFC 6347 section 4.2.2). After an error nothing is left to read.
[[nodiscard]] tl::expected<DtlsFragment, DtlsError> next_dtls_fragment(Reader& record) noexcept;

}  // namespace sluice
