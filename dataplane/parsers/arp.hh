// ARP for IPv4 over Ethernet (RFC 826): which hardware address an IP address belongs to.
#pragma once

#include <cstdint>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "rules/names/address.hh"

namespace sluice {

enum class ArpError : std::uint8_t {
  need_more,  // shorter than an Ethernet and IPv4 message
  not_this,   // other hardware or protocol addresses
};

struct ArpMessage {
  std::uint16_t operation = 0;  // 1 request, 2 reply (IANA, "ARP Parameters")
  Bytes sender_mac;             // 6 bytes
  Address sender;
  Bytes target_mac;
  Address target;
};

// `bytes` follow the EtherType.
[[nodiscard]] tl::expected<ArpMessage, ArpError> parse_arp(Bytes bytes) noexcept;

}  // namespace sluice
