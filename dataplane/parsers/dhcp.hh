// DHCP for IPv4 (RFC 2131, options of RFC 2132): what a device says of itself when it joins, and what it is told.
// Views point into the message.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "rules/names/address.hh"

namespace sluice {

constexpr std::uint16_t dhcp_server_port = 67;
constexpr std::uint16_t dhcp_client_port = 68;
// Options read of one message: no more can stand in a datagram of 1,500 bytes that carries anything.
constexpr std::size_t dhcp_option_limit = 128;

enum class DhcpError : std::uint8_t {
  need_more,         // the message ends inside its fixed part or an option
  not_this,          // another operation, or no magic cookie: BOOTP without options
  too_many_options,  // more than dhcp_option_limit
};

struct DhcpMessage {
  bool reply = false;
  std::uint32_t id = 0;                // of the transaction
  std::uint8_t type = 0;               // option 53 (RFC 2132 section 9.6); 0 = BOOTP
  Bytes hardware_address;              // of the client, 6 bytes where it is Ethernet; at most 16
  Address client;                      // ciaddr: the address that the client uses; 0.0.0.0 = none, here and below
  Address assigned;                    // yiaddr
  Address relay;                       // giaddr
  std::optional<Address> requested;    // option 50
  std::optional<Address> server;       // 54
  std::optional<Address> subnet_mask;  // 1
  std::uint32_t lease_seconds = 0;     // 51
  std::string_view host_name;          // 12
  std::string_view vendor_class;       // 60
  Bytes client_id;                     // 61
  Bytes parameters;                    // 55: the options that the client asks for, in its order
  Bytes dns_servers;                   // 6, four bytes each
  Bytes routers;                       // 3, four bytes each
};

// `yes` where the fixed part is there and the cookie stands behind it.
[[nodiscard]] Probe probe_dhcp(Bytes datagram) noexcept;

// Where an option stands twice, the first counts.
[[nodiscard]] tl::expected<DhcpMessage, DhcpError> parse_dhcp(Bytes datagram) noexcept;

}  // namespace sluice
