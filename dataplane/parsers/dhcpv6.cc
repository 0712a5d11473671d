#include "dataplane/parsers/dhcpv6.hh"

#include <algorithm>

namespace sluice {
namespace {

// RFC 8415 section 7.3
constexpr std::uint8_t relay_forward = 12;
constexpr std::uint8_t relay_reply = 13;
constexpr std::uint8_t last_type = 35;  // IANA, "DHCPv6 Message Types"
// IANA, "DHCPv6 Option Codes": the last one is 148
constexpr std::uint16_t option_code_limit = 160;

// RFC 8415 section 21
enum Option : std::uint16_t {
  client_id = 1,
  server_id = 2,
  non_temporary = 3,
  temporary = 4,
  ia_address = 5,
  option_request = 6,
  relay_message = 9,
  user_class = 15,
  vendor_class = 16,
  dns_servers = 23,  // RFC 3646
  client_fqdn = 39,  // RFC 4704
};

bool is_relay(std::uint8_t type) noexcept { return type == relay_forward || type == relay_reply; }

void set(Bytes& bytes, Bytes value) noexcept {
  if (bytes.empty()) bytes = value;
}
// Sections 21.15 and 21.16: texts behind lengths of two bytes.
void set_first(std::string_view& text, Bytes value) noexcept {
  Reader reader{value};
  const auto first = reader.vector16();
  if (text.empty() && reader.ok()) text = as_text(first);
}

class OptionWalk {
 public:
  OptionWalk(Dhcpv6Message& message, std::size_t& count) noexcept : message_(&message), count_(&count) {}

  // False where there are too many, or they end too early: `is_cut`.
  [[nodiscard]] bool read(Bytes options) noexcept {
    Reader reader{options};
    while (reader.left() != 0) {
      if (++*count_ > dhcpv6_option_limit) return false;
      const auto code = reader.be16();
      const auto value = reader.vector16();
      is_cut = !reader.ok();
      if (is_cut || !take(code, value)) return false;
    }
    return true;
  }

  bool is_cut = false;

 private:
  // Sections 21.4 and 21.5: addresses lie in options of their own behind a fixed part.
  bool association(Bytes value, std::size_t fixed) noexcept {
    is_cut = value.size() < fixed;
    if (is_cut || is_inside_) return !is_cut;
    is_inside_ = true;
    const bool whole = read(value.subspan(fixed));
    is_inside_ = false;
    return whole;
  }

  bool take(std::uint16_t code, Bytes value) noexcept {
    auto& message = *message_;
    switch (code) {
      case non_temporary: return association(value, 12);
      case temporary: return association(value, 4);
      case ia_address:
        if (is_inside_ && value.size() >= 16 && message.addresses < message.address.size())
          message.address[message.addresses++] = Address::v6(value.first<16>());
        break;
      case client_id: set(message.client_duid, value); break;
      case server_id: set(message.server_duid, value); break;
      case option_request: set(message.options, value); break;
      case user_class: set_first(message.user_class, value); break;
      case vendor_class: {
        Reader reader{value};
        const auto vendor = reader.be32();
        if (!reader.ok() || message.vendor) break;
        message.vendor = vendor;
        set_first(message.vendor_class, reader.rest());
        break;
      }
      case dns_servers: set(message.dns_servers, value); break;
      case client_fqdn:  // one byte of flags
        if (value.size() > 1) set(message.host_name, value.subspan(1));
        break;
      default: break;
    }
    return true;
  }

  Dhcpv6Message* message_;
  std::size_t* count_;
  bool is_inside_ = false;
};

// Section 9: hop count, link address, peer address, and the message in an option. Nothing where it is not there.
std::optional<Bytes> relayed(Reader& reader, std::size_t& count) noexcept {
  while (reader.left() != 0) {
    if (++count > dhcpv6_option_limit) return std::nullopt;
    const auto code = reader.be16();
    const auto value = reader.vector16();
    if (reader.ok() && code == relay_message) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view Dhcpv6Message::host_name_in(DnsName& room) const noexcept {
  // It may end without the root, and then is a part of a name (RFC 4704 section 4.2): read with a root behind it.
  std::array<std::uint8_t, dns_name_wire_limit + 1> whole{};
  if (host_name.empty() || host_name.size() >= whole.size()) return {};
  std::copy(host_name.begin(), host_name.end(), whole.begin());
  return room.read(Bytes{whole}.first(host_name.size() + 1), 0) ? room.view() : std::string_view{};
}

Probe probe_dhcpv6(Bytes datagram) noexcept {
  Reader reader{datagram};
  const auto type = reader.u8();
  reader.skip(is_relay(type) ? 33 : 3);
  const auto code = reader.be16();
  reader.skip(2);
  return reader.ok() && type != 0 && type <= last_type && code != 0 && code <= option_code_limit ? Probe::yes
                                                                                                 : Probe::no;
}

tl::expected<Dhcpv6Message, Dhcpv6Error> parse_dhcpv6(Bytes datagram) noexcept {
  Dhcpv6Message message;
  auto bytes = datagram;
  std::size_t count = 0;
  for (std::size_t relays = 0;; ++relays) {
    Reader reader{bytes};
    message.type = reader.u8();
    if (!reader.ok()) return tl::unexpected{Dhcpv6Error::need_more};
    if (message.type == 0 || message.type > last_type) return tl::unexpected{Dhcpv6Error::not_this};
    if (!is_relay(message.type)) break;
    if (relays == dhcpv6_relay_limit) return tl::unexpected{Dhcpv6Error::too_many_relays};
    reader.skip(1);
    const auto link = reader.take(16);
    reader.skip(16);
    if (!reader.ok()) return tl::unexpected{Dhcpv6Error::need_more};
    message.relay = Address::v6(link.first<16>());
    const auto inner = relayed(reader, count);
    if (!inner)
      return tl::unexpected{count > dhcpv6_option_limit ? Dhcpv6Error::too_many_options
                            : reader.ok()               ? Dhcpv6Error::no_message
                                                        : Dhcpv6Error::need_more};
    bytes = *inner;
  }
  Reader reader{bytes};
  reader.skip(1);
  message.id = reader.be24();
  if (!reader.ok()) return tl::unexpected{Dhcpv6Error::need_more};
  OptionWalk walk{message, count};
  if (!walk.read(reader.rest()))
    return tl::unexpected{walk.is_cut ? Dhcpv6Error::need_more : Dhcpv6Error::too_many_options};
  return message;
}

}  // namespace sluice
