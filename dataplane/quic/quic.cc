#include "dataplane/quic/quic.hh"

#include <array>
#include <optional>

namespace sluice {
namespace {

constexpr std::uint8_t long_header = 0x80;  // RFC 8999 section 5.1
constexpr std::uint8_t fixed_bit = 0x40;    // RFC 9000 section 17.2
constexpr std::uint64_t ack_with_ecn = 0x03;

auto error(QuicError reason) noexcept { return tl::unexpected{reason}; }

// Everything behind an error is unreadable, so a loop over what is left ends.
auto stop(Reader& reader, QuicError reason) noexcept {
  reader.fail();
  return error(reason);
}

// The start of every long header (RFC 8999 section 5.1). Google's old versions wrote the IDs in another way.
struct Header {
  std::uint8_t first = 0;
  std::uint32_t version = 0;
  QuicFamily family{};
  Bytes dcid;
  Bytes scid;
};

tl::expected<Header, QuicError> read_header(Reader& reader) noexcept {
  Header header;
  header.first = reader.u8();
  if (reader.ok() && (header.first & long_header) == 0) return stop(reader, QuicError::not_long_header);
  header.version = reader.be32();
  if (!reader.ok()) return error(QuicError::truncated);
  header.family = quic_family(header.version);
  if (header.family == QuicFamily::unknown || header.family == QuicFamily::google_old)
    return stop(reader, QuicError::unknown_version);
  header.dcid = reader.vector8();
  header.scid = reader.vector8();
  if (!reader.ok()) return error(QuicError::truncated);
  // RFC 9000 section 17.2; longer ones are legal in Version Negotiation alone, which then echoes an unknown version's.
  if (header.dcid.size() > quic_connection_id_limit || header.scid.size() > quic_connection_id_limit)
    return stop(reader, QuicError::connection_id_length);
  return header;
}

// RFC 9000 section 17.2, table 5; RFC 9369 section 3.2.
QuicPacketType packet_type(const Header& header) noexcept {
  using enum QuicPacketType;
  if (header.family == QuicFamily::negotiation) return version_negotiation;
  constexpr std::array version_1{initial, zero_rtt, handshake, retry};
  constexpr std::array version_2{retry, initial, zero_rtt, handshake};
  const std::size_t bits = header.first >> 4 & 0x03;
  return header.family == QuicFamily::v2 ? version_2[bits] : version_1[bits];
}

// What an Initial may carry (RFC 9000 section 12.4, table 3).
std::optional<QuicFrameType> frame_type(std::uint64_t type, QuicFamily family) noexcept {
  if (family == QuicFamily::google) {  // Chromium, quic_types.h: QuicFrameType
    switch (type) {
      case 0x00: return QuicFrameType::padding;
      case 0x07: return QuicFrameType::ping;
      case 0x08: return QuicFrameType::crypto;
      default: return std::nullopt;
    }
  }
  switch (type) {
    case 0x00: return QuicFrameType::padding;
    case 0x01: return QuicFrameType::ping;
    case 0x02:
    case ack_with_ecn: return QuicFrameType::ack;
    case 0x06: return QuicFrameType::crypto;
    case 0x1c: return QuicFrameType::connection_close;
    default: return std::nullopt;
  }
}

// RFC 9000 section 19.3
void read_acknowledgement(Reader& reader, bool has_ecn_counts) noexcept {
  (void)read_quic_varint(reader);  // largest acknowledged
  (void)read_quic_varint(reader);  // delay
  const auto ranges = read_quic_varint(reader);
  (void)read_quic_varint(reader);  // first range
  for (std::uint64_t i = 0; i < ranges && reader.ok(); ++i) {
    (void)read_quic_varint(reader);  // gap
    (void)read_quic_varint(reader);  // range length
  }
  for (int i = 0; has_ecn_counts && i < 3; ++i) (void)read_quic_varint(reader);
}

// RFC 9000 section 19.19, in the form for transport errors
void read_connection_close(Reader& reader) noexcept {
  (void)read_quic_varint(reader);  // error code
  (void)read_quic_varint(reader);  // type of the frame that caused it
  reader.skip(read_quic_varint(reader));
}

// A list of versions with at least one that we know: RFC 8999 section 6 leaves nothing else to recognise it by.
Probe probe_negotiation(Reader& reader) noexcept {
  if (reader.left() == 0 || reader.left() % 4 != 0) return Probe::no;
  while (reader.left() > 0) {
    const auto family = quic_family(reader.be32());
    if (family != QuicFamily::unknown && family != QuicFamily::negotiation) return Probe::yes;
  }
  return Probe::no;
}

}  // namespace

Probe probe_quic(Bytes datagram) noexcept {
  Reader reader{datagram};
  const auto first = reader.u8();
  if (!reader.ok() || (first & long_header) == 0) return Probe::no;
  const auto version = reader.be32();
  if (!reader.ok()) return Probe::maybe;
  const auto family = quic_family(version);
  if (family == QuicFamily::unknown) return Probe::no;
  if (family == QuicFamily::google_old) return Probe::yes;  // four letters that nothing else has there
  // One number in 2^16 looks reserved: there the fixed bit must stand too. Elsewhere a client may clear it (RFC 9287).
  if (is_quic_version_reserved(version) && (first & fixed_bit) == 0) return Probe::no;
  for (int id = 0; id < 2; ++id) {
    const auto length = reader.u8();
    if (length > quic_connection_id_limit) return Probe::no;
    reader.skip(length);
  }
  if (!reader.ok()) return Probe::maybe;
  return family == QuicFamily::negotiation ? probe_negotiation(reader) : Probe::yes;
}

std::uint64_t read_quic_varint(Reader& reader) noexcept {
  const auto first = reader.u8();
  std::uint64_t value = first & 0x3f;
  for (int more = (1 << (first >> 6)) - 1; more > 0; --more) value = value << 8 | reader.u8();
  return reader.ok() ? value : 0;
}

tl::expected<QuicLongPacket, QuicError> next_long_packet(Reader& reader) noexcept {
  const auto datagram = reader.rest();
  const auto header = read_header(reader);
  if (!header) return error(header.error());

  QuicLongPacket packet;
  packet.version = header->version;
  packet.type = packet_type(*header);
  packet.dcid = header->dcid;
  packet.scid = header->scid;
  if (packet.type == QuicPacketType::version_negotiation || packet.type == QuicPacketType::retry) {
    // No length: they end where the datagram ends (RFC 9000 sections 17.2.1, 17.2.5).
    reader.skip(reader.left());
    packet.whole_packet = datagram;
    return packet;
  }
  if (packet.type == QuicPacketType::initial) packet.token = reader.take(read_quic_varint(reader));
  const auto length = read_quic_varint(reader);  // of packet number and payload
  packet.packet_number_offset = datagram.size() - reader.left();
  reader.skip(length);
  if (!reader.ok()) return error(QuicError::truncated);
  packet.whole_packet = datagram.first(datagram.size() - reader.left());
  return packet;
}

tl::expected<QuicFrame, QuicError> next_quic_frame(Reader& payload, QuicFamily family) noexcept {
  const auto before = payload.left();
  const auto type = read_quic_varint(payload);
  if (!payload.ok()) return error(QuicError::truncated);
  // A type in more bytes than it needs is a violation (RFC 9000 section 12.4), and all that may come here need one.
  if (before - payload.left() != 1) return stop(payload, QuicError::frame);
  const auto kind = frame_type(type, family);
  if (!kind) return stop(payload, QuicError::frame);

  QuicFrame frame;
  frame.type = *kind;
  switch (frame.type) {
    case QuicFrameType::padding:  // RFC 9000 section 19.1
      while (!payload.rest().empty() && payload.rest().front() == 0) payload.skip(1);
      break;
    case QuicFrameType::ping:  // section 19.2
      break;
    case QuicFrameType::ack: read_acknowledgement(payload, type == ack_with_ecn); break;
    case QuicFrameType::crypto: {  // section 19.6
      frame.offset = read_quic_varint(payload);
      const auto length = read_quic_varint(payload);
      if (frame.offset > quic_varint_limit - length) return stop(payload, QuicError::frame);
      frame.data = payload.take(length);
      break;
    }
    case QuicFrameType::connection_close: read_connection_close(payload); break;
  }
  if (!payload.ok()) return error(QuicError::truncated);
  return frame;
}

}  // namespace sluice
