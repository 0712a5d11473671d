// DHCP for IPv6 (RFC 8415): what a device says of itself, and what it is told. Views point into the message.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "dataplane/dns/dns_name.hh"
#include "rules/names/address.hh"

namespace sluice {

constexpr std::uint16_t dhcpv6_client_port = 546;
constexpr std::uint16_t dhcpv6_server_port = 547;
// Options read of one message, those inside of others included.
constexpr std::size_t dhcpv6_option_limit = 128;
// Relays that a message may have come through (RFC 8415 section 7.6, HOP_COUNT_LIMIT).
constexpr std::size_t dhcpv6_relay_limit = 8;
// Addresses kept of one message.
constexpr std::size_t dhcpv6_address_limit = 8;

enum class Dhcpv6Error : std::uint8_t {
  need_more,         // the message ends inside its header or an option
  not_this,          // a message type that is none
  no_message,        // a relay's message without the one that is relayed
  too_many_options,  // more than dhcpv6_option_limit
  too_many_relays,   // more than dhcpv6_relay_limit
};

struct Dhcpv6Message {
  std::uint8_t type = 0;                              // RFC 8415 section 7.3, of the innermost message
  std::uint32_t id = 0;                               // of the transaction, 24 bits
  std::optional<Address> relay;                       // link-address of the relay next to the client
  Bytes client_duid;                                  // option 1, an identifier
  Bytes server_duid;                                  // 2
  Bytes options;                                      // 6: the options asked for, two bytes each, in the client's order
  std::optional<std::uint32_t> vendor;                // 16: enterprise number
  std::string_view vendor_class;                      // 16: the first text
  std::string_view user_class;                        // 15: the first text
  Bytes dns_servers;                                  // 23, sixteen bytes each
  Bytes host_name;                                    // 39: as labels, an identifier
  std::size_t addresses = 0;                          // how many of these there are
  std::array<Address, dhcpv6_address_limit> address;  // 5, of the IAs (3, 4); further ones are left out

  // host_name as text; "" where there is none, or it is broken.
  [[nodiscard]] std::string_view host_name_in(DnsName& room) const noexcept;
};

// `yes` where type and first option fit.
[[nodiscard]] Probe probe_dhcpv6(Bytes datagram) noexcept;

// Where an option stands twice, the first counts.
[[nodiscard]] tl::expected<Dhcpv6Message, Dhcpv6Error> parse_dhcpv6(Bytes datagram) noexcept;

}  // namespace sluice
