// QUIC as far as a tap can read it without keys: long headers, the packets of a datagram, and the frames of a
// decrypted Initial packet (RFC 9000, 9369; drafts since 22 have the same form). Views point into the bytes that were
// given. Keys and decryption: quic_crypto.hh.
//
//   Reader reader{datagram};
//   while (reader.left() > 0) { const auto packet = next_long_packet(reader); if (!packet) break; ... }
#pragma once

#include <cstddef>
#include <cstdint>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "dataplane/quic/quic_version.hh"

namespace sluice {

enum class QuicError : std::uint8_t {
  truncated,             // the bytes end inside a header, a packet or a frame
  not_long_header,       // a packet with a short header, or padding behind the last packet
  unknown_version,       // a version whose header we cannot read
  connection_id_length,  // longer than any version that we know allows
  not_initial,           // a packet that is not an Initial
  no_keys,               // a version whose Initial keys are not known
  cipher,                // the crypto library refused to work
  buffer_too_small,      // the payload does not fit into the caller's buffer
  authentication,        // the tag does not fit: other keys, the server's packet, or altered on the way
  attempts_spent,        // the flow had quic_failed_opens_limit packets that did not open
  frame,                 // a frame that an Initial may not carry, or whose fields contradict each other
};

// RFC 9000 section 17.2
constexpr std::size_t quic_connection_id_limit = 20;
// RFC 9000 section 16
constexpr std::uint64_t quic_varint_limit = (std::uint64_t{1} << 62) - 1;

enum class QuicPacketType : std::uint8_t { initial, zero_rtt, handshake, retry, version_negotiation };

struct QuicLongPacket {
  std::uint32_t version = 0;
  QuicPacketType type{};
  Bytes dcid;
  Bytes scid;
  Bytes token;                           // Initial only
  Bytes whole_packet;                    // from its first byte to the end that its length gives
  std::size_t packet_number_offset = 0;  // in whole_packet; 0 where there is no packet number
};

// Whether a datagram starts with a long header of a version that is known. `maybe` = cut inside that header.
[[nodiscard]] Probe probe_quic(Bytes datagram) noexcept;

// Integer of 1, 2, 4 or 8 bytes (RFC 9000 section 16).
[[nodiscard]] std::uint64_t read_quic_varint(Reader& reader) noexcept;

// The next of the packets that share a datagram (RFC 9000 section 12.2). After an error nothing is left to read: the
// end of a packet that cannot be read is not known. Google's versions before Q050 give unknown_version.
[[nodiscard]] tl::expected<QuicLongPacket, QuicError> next_long_packet(Reader& reader) noexcept;

enum class QuicFrameType : std::uint8_t { padding, ping, ack, crypto, connection_close };

struct QuicFrame {
  QuicFrameType type{};
  std::uint64_t offset = 0;  // CRYPTO: of data in the stream of handshake bytes; offset + size < 2^62
  Bytes data;                // CRYPTO
};

// The next frame of the payload of an Initial packet (RFC 9000 sections 12.4, 17.2.2); PADDING in a row counts as one.
// After an error nothing is left to read. Of QuicFamily::google, which numbers its frames another way, only PADDING,
// PING and CRYPTO are read.
[[nodiscard]] tl::expected<QuicFrame, QuicError> next_quic_frame(Reader& payload,
                                                                 QuicFamily family = QuicFamily::v1) noexcept;

}  // namespace sluice
