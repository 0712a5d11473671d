// IPv6 neighbour discovery (RFC 4861, and the resolvers that a router names, RFC 8106): which hardware address an
// address belongs to, and what a router announces. Views point into the message.
#pragma once

#include <cstdint>
#include <optional>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "rules/names/address.hh"

namespace sluice {

// Options read of one message: real ones have fewer than ten.
constexpr std::size_t neighbour_option_limit = 32;

enum class NeighbourError : std::uint8_t {
  need_more,         // the message ends inside its fixed part or an option
  not_this,          // another ICMPv6 message
  malformed,         // an option of no length
  too_many_options,  // more than neighbour_option_limit
};

// ICMPv6 types (RFC 4861 section 4).
enum class NeighbourKind : std::uint8_t {
  router_solicitation = 133,
  router_advertisement = 134,
  neighbour_solicitation = 135,
  neighbour_advertisement = 136,
};

struct NeighbourMessage {
  NeighbourKind kind{};
  std::optional<Address> target;       // of solicitation and advertisement of a neighbour
  Bytes source_mac;                    // option 1: of the sender; 6 bytes, or none
  Bytes target_mac;                    // option 2: of the target
  std::uint16_t lifetime_seconds = 0;  // of a router as default router
  Bytes dns_servers;                   // RFC 8106 section 5.1, sixteen bytes each, of the first such option
};

// Whether an ICMPv6 message is one of them, by its type and code.
[[nodiscard]] bool is_neighbour_discovery(Bytes icmp) noexcept;

// `icmp`: from its type on.
[[nodiscard]] tl::expected<NeighbourMessage, NeighbourError> parse_neighbour_discovery(Bytes icmp) noexcept;

}  // namespace sluice
