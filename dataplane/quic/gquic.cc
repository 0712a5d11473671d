#include "dataplane/quic/gquic.hh"

#include <boost/endian/conversion.hpp>

namespace sluice {
namespace {

constexpr std::uint32_t letters(const char (&name)[5]) noexcept {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(name[i]);
  return value;
}

constexpr std::uint32_t oldest = letters("Q024");
constexpr std::uint32_t last_with_private_flags = letters("Q033");
constexpr std::uint32_t first_in_network_order = letters("Q039");
constexpr std::uint32_t last_with_public_header = letters("Q043");
constexpr std::uint32_t long_header_in_clear_text = letters("Q046");

constexpr std::uint8_t public_long = 0x80;  // never set in a public header
// Public header: a version, no reset, an ID of eight bytes. Bit 2 may stand, bits 4 and 5 size the packet number.
constexpr std::uint8_t public_mask = 0xcb;
constexpr std::uint8_t public_wanted = 0x09;
constexpr std::uint8_t id_lengths = 0x50;  // Q046: a destination ID of eight bytes, no source ID
constexpr std::size_t id_size = 8;
constexpr std::size_t hash_size = 12;  // of the packet, where there is no key yet
constexpr std::uint32_t crypto_stream = 1;

auto error(QuicError reason) noexcept { return tl::unexpected{reason}; }

constexpr bool is_version_digits(std::uint32_t version) noexcept {
  const auto tens = version >> 8 & 0xff;
  const auto ones = version & 0xff;
  return tens >= '0' && tens <= '9' && ones >= '0' && ones <= '9';
}

std::uint32_t read_public_header(Reader& reader, std::uint8_t flags) noexcept {
  if ((flags & public_mask) != public_wanted) return 0;
  reader.skip(id_size);
  const auto version = reader.be32();
  constexpr std::size_t number_sizes[] = {1, 2, 4, 6};
  reader.skip(number_sizes[flags >> 4 & 0x03]);
  return version >= oldest && version <= last_with_public_header && is_version_digits(version) ? version : 0;
}

std::uint32_t read_long_header(Reader& reader, std::uint8_t first) noexcept {
  const auto version = reader.be32();
  const auto lengths = reader.u8();
  reader.skip(id_size);
  reader.skip(static_cast<std::size_t>(first & 0x03) + 1);  // packet number
  return version == long_header_in_clear_text && (!reader.ok() || lengths == id_lengths) ? version : 0;
}

// The version, behind its header and the hash; 0 where the header is another one. The reader may have failed.
std::uint32_t read_header(Reader& reader) noexcept {
  const auto first = reader.u8();
  const auto version = (first & public_long) != 0 ? read_long_header(reader, first) : read_public_header(reader, first);
  reader.skip(hash_size);
  if (version != 0 && version <= last_with_private_flags) reader.skip(1);
  return version;
}

// Unsigned integer of up to eight bytes.
std::uint64_t read_integer(Reader& reader, std::size_t size, bool network_order) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint64_t byte = reader.u8();
    value = network_order ? value << 8 | byte : value | byte << (8 * i);
  }
  return value;
}

// Data of a STREAM frame on the stream of the handshake: 1fdooossB.
tl::expected<Bytes, QuicError> read_stream_frame(Reader& reader, bool network_order) noexcept {
  const auto type = reader.u8();
  if (reader.ok() && (type & 0x80) == 0) return error(QuicError::frame);
  const auto stream = read_integer(reader, (type & 0x03U) + 1, network_order);
  const std::size_t offset_code = type >> 2 & 0x07;
  reader.skip(offset_code == 0 ? 0 : offset_code + 1);
  const bool has_length = (type & 0x20) != 0;
  const auto length = has_length ? read_integer(reader, 2, network_order) : reader.left();
  const auto data = reader.take(length);
  if (!reader.ok()) return error(QuicError::truncated);
  if (stream != crypto_stream) return error(QuicError::frame);
  return data;
}

}  // namespace

Probe probe_gquic(Bytes datagram) noexcept {
  Reader reader{datagram};
  if (read_header(reader) != 0) return reader.ok() ? Probe::yes : Probe::maybe;
  return Probe::no;
}

tl::expected<GquicDatagram, QuicError> parse_gquic_datagram(Bytes datagram) noexcept {
  Reader reader{datagram};
  GquicDatagram parsed;
  parsed.version = read_header(reader);
  if (parsed.version == 0) return error(QuicError::unknown_version);
  const auto data = read_stream_frame(reader, parsed.version >= first_in_network_order);
  if (!data) return error(data.error());
  const auto hello = parse_gquic_hello(*data);
  if (!hello) return error(hello.error());
  parsed.hello = *hello;
  return parsed;
}

tl::expected<GquicHello, QuicError> parse_gquic_hello(Bytes message) noexcept {
  // Tags are letters; numbers are little-endian in every version.
  Reader entries{message};
  const auto tag = entries.be32();
  if (entries.ok() && tag != letters("CHLO")) return error(QuicError::frame);
  const std::size_t count = boost::endian::endian_reverse(entries.be16());
  entries.skip(2);
  if (count > gquic_entry_limit) return error(QuicError::frame);
  Reader values{entries.rest()};
  values.skip(8 * count);
  if (!entries.ok() || !values.ok()) return error(QuicError::truncated);

  GquicHello hello;
  std::uint32_t begin = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto name = entries.be32();
    const auto end = boost::endian::endian_reverse(entries.be32());  // of the value, from the first value on
    if (end < begin) return error(QuicError::frame);
    const auto value = values.take(end - begin);
    if (!values.ok()) return error(QuicError::truncated);
    if (name == letters("SNI\0")) hello.sni = as_text(value);
    if (name == letters("UAID")) hello.user_agent = as_text(value);
    begin = end;
  }
  return hello;
}

}  // namespace sluice
