#include "dataplane/parsers/netbios.hh"

#include "dataplane/dns/dns_name.hh"

namespace sluice {
namespace {

constexpr std::size_t header_size = 12;
constexpr std::uint8_t name_length = 32;  // RFC 1002 section 4.1: sixteen bytes, a letter for each half
constexpr std::uint16_t type_status = 0x0021;
constexpr std::uint16_t group_flag = 0x8000;

bool is_known_operation(unsigned operation) noexcept {
  return operation == 0 || (operation >= 5 && operation <= 9) || operation == 15;  // 15: multi-homed registration
}

// A name's sixteen bytes as they are in a list, or behind the letters.
NetbiosName plain(std::span<const std::uint8_t, 16> bytes) noexcept {
  NetbiosName name;
  name.suffix = bytes[15];
  for (std::size_t i = 0; i < name.text.size(); ++i) {
    name.text[i] = static_cast<char>(bytes[i]);
    if (bytes[i] != ' ' && bytes[i] != 0) name.size = static_cast<std::uint8_t>(i + 1);
  }
  return name;
}

// RFC 1001 section 14.1: each half byte is a letter from A to P. The scope behind it is passed over.
std::optional<NetbiosName> read_name(Bytes message, std::size_t& at) noexcept {
  Reader reader{message};
  reader.skip(at);
  const auto length = reader.u8();
  const auto letters = reader.take(name_length);
  if (!reader.ok() || length != name_length) return std::nullopt;
  std::array<std::uint8_t, 16> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto high = letters[2 * i] - 'A', low = letters[2 * i + 1] - 'A';
    if (high < 0 || high > 15 || low < 0 || low > 15) return std::nullopt;
    bytes[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  DnsName whole;
  const auto after = whole.read(message, at);
  if (!after) return std::nullopt;
  at = *after;
  return plain(bytes);
}

// RFC 1002 section 4.2.18: a count, and names of 16 bytes with 2 bytes of flags.
bool read_status(Bytes data, NetbiosMessage& message) noexcept {
  Reader reader{data};
  const std::size_t count = reader.u8();
  for (std::size_t i = 0; i < count; ++i) {
    const auto bytes = reader.take(16);
    const auto flags = reader.be16();
    if (!reader.ok()) return false;
    if (message.names == message.node.size()) continue;
    auto& name = message.node[message.names++];
    name = plain(bytes.first<16>());
    name.is_group = (flags & group_flag) != 0;
  }
  return reader.ok();
}

struct Header {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;
  std::uint16_t questions = 0;
  std::uint32_t records = 0;
};

Header read_header(Reader& reader) noexcept {
  Header header;
  header.id = reader.be16();
  header.flags = reader.be16();
  header.questions = reader.be16();
  header.records = reader.be16();
  reader.skip(2);  // authorities
  header.records += reader.be16();
  return header;
}

}  // namespace

Probe probe_netbios(Bytes datagram) noexcept {
  Reader reader{datagram};
  const auto header = read_header(reader);
  if (!reader.ok() || !is_known_operation(header.flags >> 11 & 0xf) || header.questions > 1) return Probe::no;
  std::size_t at = header_size;
  return (header.questions != 0 || header.records != 0) && read_name(datagram, at) ? Probe::yes : Probe::no;
}

tl::expected<NetbiosMessage, NetbiosError> parse_netbios(Bytes datagram) noexcept {
  Reader reader{datagram};
  const auto header = read_header(reader);
  if (!reader.ok()) return tl::unexpected{NetbiosError::need_more};
  NetbiosMessage message;
  message.id = header.id;
  message.flags = header.flags;
  std::size_t at = header_size;
  const auto name = read_name(datagram, at);
  if (!is_known_operation(message.operation()) || !name) return tl::unexpected{NetbiosError::not_this};
  message.name = *name;
  reader.skip(at - header_size);
  message.type = reader.be16();
  reader.skip(2);  // class
  if (header.questions != 0) {
    if (!reader.ok()) return tl::unexpected{NetbiosError::need_more};
    if (header.records == 0) return message;
    // A registration repeats the name in its record, mostly by a pointer (section 4.2.2).
    DnsName owner;
    const auto after = owner.read(datagram, datagram.size() - reader.left());
    if (!after) return tl::unexpected{NetbiosError::need_more};
    reader = Reader{datagram};
    reader.skip(*after + 4);  // type, class
  }
  reader.skip(4);  // time to live
  const auto data = reader.vector16();
  if (!reader.ok()) return tl::unexpected{NetbiosError::need_more};
  if (message.type == type_status) {
    if (message.is_response() && !read_status(data, message)) return tl::unexpected{NetbiosError::need_more};
    return message;
  }
  Reader values{data};  // section 4.2.2: flags and address, of which an answer may list several
  message.name.is_group = (values.be16() & group_flag) != 0;
  const auto address = values.take(4);
  if (values.ok()) message.address = Address::v4(address.first<4>());
  return message;
}

}  // namespace sluice
