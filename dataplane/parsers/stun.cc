#include "dataplane/parsers/stun.hh"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

constexpr std::uint32_t magic_cookie = 0x2112a442;  // RFC 8489 section 5
constexpr std::size_t header_size = 20;

// RFC 8489 section 14, RFC 5389 section 18.2
enum Attribute : std::uint16_t {
  mapped_address = 0x0001,
  xor_mapped_address = 0x0020,
  old_xor_mapped_address = 0x8020,  // drafts of RFC 5389
  software = 0x8022,
};

struct Header {
  std::uint16_t type = 0;
  std::size_t length = 0;  // of what follows the header
  std::uint32_t cookie = 0;

  // Section 5: two zero bits, a length in whole words, the cookie.
  [[nodiscard]] bool is_stun() const noexcept { return type < 0x4000 && length % 4 == 0 && cookie == magic_cookie; }
};

Header read_header(Reader& reader) noexcept {
  Header header;
  header.type = reader.be16();
  header.length = reader.be16();
  header.cookie = reader.be32();
  return header;
}

// Sections 14.1 and 14.2. `mask`: the cookie and the transaction id, which are laid over the address; zeros where they
// are not.
bool read_address(Bytes value, const std::array<std::uint8_t, 16>& mask, StunMessage& message) noexcept {
  Reader reader{value};
  reader.skip(1);
  const auto family = reader.u8();
  const auto port = reader.be16();
  constexpr std::uint8_t v4 = 1, v6 = 2;
  const std::size_t size = family == v4 ? 4 : 16;
  const auto bytes = reader.take(size);
  if (!reader.ok() || reader.left() != 0 || (family != v4 && family != v6)) return false;
  std::array<std::uint8_t, 16> plain{};
  for (std::size_t i = 0; i < size; ++i) plain[i] = bytes[i] ^ mask[i];
  const std::span<const std::uint8_t, 16> whole{plain};
  message.mapped = family == v4 ? Address::v4(whole.first<4>()) : Address::v6(whole);
  message.mapped_port = static_cast<std::uint16_t>(port ^ (mask[0] << 8 | mask[1]));
  return true;
}

// The start of a stream, or of a frame in one.
Probe probe_message(Bytes stream) noexcept {
  Reader reader{stream};
  const auto header = read_header(reader);
  if (reader.ok()) return header.is_stun() ? Probe::yes : Probe::no;
  if (stream.size() >= 2 && header.type >= 0x4000) return Probe::no;
  constexpr std::array<std::uint8_t, 4> cookie{0x21, 0x12, 0xa4, 0x42};
  for (std::size_t i = 4; i < stream.size(); ++i)
    if (stream[i] != cookie[i - 4]) return Probe::no;
  return Probe::maybe;
}

}  // namespace

Probe probe_stun(Bytes datagram) noexcept {
  Reader reader{datagram};
  const auto header = read_header(reader);
  return reader.ok() && header.is_stun() ? Probe::yes : Probe::no;
}

Probe probe_stun_tcp(Bytes stream) noexcept {
  Reader reader{stream};
  const auto size = reader.be16();
  if (!reader.ok()) return Probe::maybe;
  return std::max(probe_message(stream), size >= header_size ? probe_message(reader.rest()) : Probe::no);
}

tl::expected<StunMessage, StunError> parse_stun(Bytes bytes) noexcept {
  Reader reader{bytes};
  const auto header = read_header(reader);
  const auto transaction = reader.take(12);
  if (reader.ok() && !header.is_stun()) return tl::unexpected{StunError::not_this};
  const auto attributes = reader.take(header.length);
  if (!reader.ok()) return tl::unexpected{StunError::need_more};

  StunMessage message;
  message.size = header_size + header.length;
  // Section 5, figure 3: the class's two bits lie between the method's
  message.message_class = static_cast<StunClass>((header.type >> 7 & 2) | (header.type >> 4 & 1));
  message.method =
      static_cast<std::uint16_t>((header.type & 0x000f) | (header.type >> 1 & 0x0070) | (header.type >> 2 & 0x0f80));
  std::array<std::uint8_t, 16> mask{0x21, 0x12, 0xa4, 0x42};
  for (std::size_t i = 0; i < transaction.size(); ++i) mask[4 + i] = transaction[i];

  Reader values{attributes};
  for (std::size_t count = 0; values.left() != 0;) {
    if (++count > stun_attribute_limit) return tl::unexpected{StunError::too_many_attributes};
    const auto type = values.be16();
    const auto value = values.vector16();
    values.skip((4 - value.size() % 4) % 4);
    if (!values.ok()) return tl::unexpected{StunError::malformed};
    bool fits = true;
    switch (type) {
      case software: message.software = as_text(value); break;
      case mapped_address:  // the other one is as the sender meant it, whatever lies between
        if (!message.mapped) fits = read_address(value, {}, message);
        break;
      case xor_mapped_address:
      case old_xor_mapped_address: fits = read_address(value, mask, message); break;
      default: break;
    }
    if (!fits) return tl::unexpected{StunError::malformed};
  }
  return message;
}

tl::expected<StunMessage, StunError> parse_stun_tcp(Bytes stream) noexcept {
  if (probe_message(stream) != Probe::no) return parse_stun(stream);
  Reader reader{stream};
  const auto frame = reader.vector16();
  if (!reader.ok()) return tl::unexpected{StunError::need_more};
  auto message = parse_stun(frame);
  if (message)
    message->size = 2 + frame.size();
  else if (message.error() == StunError::need_more)  // the frame is whole
    return tl::unexpected{probe_stun(frame) == Probe::yes ? StunError::malformed : StunError::not_this};
  return message;
}

}  // namespace sluice
