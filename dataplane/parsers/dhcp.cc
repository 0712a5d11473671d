#include "dataplane/parsers/dhcp.hh"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::size_t cookie_offset = 236;    // RFC 2131 section 2
constexpr std::uint32_t cookie = 0x63825363;  // RFC 2131 section 3
constexpr std::size_t hardware_address_room = 16;

// RFC 2132
enum Option : std::uint8_t {
  pad = 0,
  subnet_mask = 1,
  routers = 3,
  dns_servers = 6,
  host_name = 12,
  requested_address = 50,
  lease_time = 51,
  message_type = 53,
  server_id = 54,
  parameter_list = 55,
  vendor_class = 60,
  client_id = 61,
  end = 255,
};

Address address_at(Reader& reader) noexcept {
  const auto bytes = reader.take(4);
  return bytes.size() == 4 ? Address::v4(bytes.first<4>()) : Address{};
}

void set(std::optional<Address>& address, Bytes value) noexcept {
  if (!address && value.size() == 4) address = Address::v4(value.first<4>());
}
void set(Bytes& bytes, Bytes value) noexcept {
  if (bytes.empty()) bytes = value;
}
// Some clients end their texts with a zero byte (RFC 2132 section 2 tells receivers to cope).
void set(std::string_view& text, Bytes value) noexcept {
  if (!text.empty()) return;
  while (!value.empty() && value.back() == 0) value = value.first(value.size() - 1);
  text = as_text(value);
}

void take_option(DhcpMessage& message, std::uint8_t code, Bytes value) noexcept {
  switch (code) {
    case subnet_mask: return set(message.subnet_mask, value);
    case routers: return set(message.routers, value);
    case dns_servers: return set(message.dns_servers, value);
    case host_name: return set(message.host_name, value);
    case requested_address: return set(message.requested, value);
    case lease_time:
      if (message.lease_seconds == 0 && value.size() == 4) message.lease_seconds = Reader{value}.be32();
      return;
    case message_type:
      if (message.type == 0 && value.size() == 1) message.type = value.front();
      return;
    case server_id: return set(message.server, value);
    case parameter_list: return set(message.parameters, value);
    case vendor_class: return set(message.vendor_class, value);
    case client_id: return set(message.client_id, value);
    default: return;
  }
}

}  // namespace

Probe probe_dhcp(Bytes datagram) noexcept {
  Reader reader{datagram};
  const auto operation = reader.u8();
  reader.skip(cookie_offset - 1);
  const auto found = reader.be32();
  return reader.ok() && (operation == 1 || operation == 2) && found == cookie ? Probe::yes : Probe::no;
}

tl::expected<DhcpMessage, DhcpError> parse_dhcp(Bytes datagram) noexcept {
  Reader reader{datagram};
  DhcpMessage message;
  const auto operation = reader.u8();  // RFC 2131 section 2, figure 1
  reader.skip(1);                      // htype
  const std::size_t hardware_size = reader.u8();
  reader.skip(1);  // hops
  message.id = reader.be32();
  reader.skip(4);  // secs, flags
  message.client = address_at(reader);
  message.assigned = address_at(reader);
  reader.skip(4);  // siaddr
  message.relay = address_at(reader);
  message.hardware_address = reader.take(hardware_address_room);
  reader.skip(64 + 128);  // sname, file
  const auto found = reader.be32();
  if (!reader.ok()) return tl::unexpected{DhcpError::need_more};
  if ((operation != 1 && operation != 2) || found != cookie) return tl::unexpected{DhcpError::not_this};
  message.reply = operation == 2;
  message.hardware_address = message.hardware_address.first(std::min(hardware_size, hardware_address_room));

  for (std::size_t options = 0; reader.left() != 0;) {
    const auto code = reader.u8();
    if (code == end) break;
    if (code == pad) continue;
    if (++options > dhcp_option_limit) return tl::unexpected{DhcpError::too_many_options};
    const auto value = reader.vector8();
    if (!reader.ok()) return tl::unexpected{DhcpError::need_more};
    take_option(message, code, value);
  }
  return message;
}

}  // namespace sluice
