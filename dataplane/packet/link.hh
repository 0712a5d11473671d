// From the start of a frame to the IP header in it: Ethernet and the link layers of captures, VLAN tags, MPLS, PPPoE.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "dataplane/packet/packet.hh"

namespace sluice {

struct LinkPath {
  Bytes start;  // where the walk began
  Bytes ip;
  Bytes arp;                 // where the frame holds that: there is no IP header then
  std::uint8_t version = 0;  // of IP as the link layer says it; 0 = it says no more than "IP"
  std::uint8_t tags = 0;     // VLAN tags, of which the first three are kept
  std::uint8_t tunnels = 0;
  std::uint16_t vlan[3] = {0, 0, 0};
  std::array<TunnelKind, 3> kinds{};
  std::optional<Anomaly> anomaly;  // where it led nowhere
};

// What the bytes of a tunnel or a frame begin with.
enum class LinkHeader : std::uint8_t { ethernet, ppp, ieee_802_11, ieee_802_11_swapped };

// Each gives nothing where it found the IP header, and else why not.
[[nodiscard]] std::optional<UninspectedReason> find_ip(LinkLayer layer, Bytes frame, LinkPath& path) noexcept;
[[nodiscard]] std::optional<UninspectedReason> find_ip(LinkHeader header, Bytes bytes, LinkPath& path) noexcept;
// `bytes` follow an EtherType.
[[nodiscard]] std::optional<UninspectedReason> find_ip(std::uint16_t ethertype, Bytes bytes, LinkPath& path) noexcept;

// IEEE 802 numbers (https://www.iana.org/assignments/ieee-802-numbers).
namespace ethertype {
constexpr std::uint16_t ipv4 = 0x0800;
constexpr std::uint16_t arp = 0x0806;
constexpr std::uint16_t bridging = 0x6558;  // RFC 1701
constexpr std::uint16_t vlan = 0x8100;
constexpr std::uint16_t ipv6 = 0x86dd;
constexpr std::uint16_t ppp = 0x880b;
constexpr std::uint16_t mpls = 0x8847;
constexpr std::uint16_t mpls_multicast = 0x8848;
constexpr std::uint16_t pppoe_discovery = 0x8863;
constexpr std::uint16_t pppoe_session = 0x8864;
constexpr std::uint16_t service_vlan = 0x88a8;
constexpr std::uint16_t nsh = 0x894f;
constexpr std::uint16_t old_qinq = 0x9100;
}  // namespace ethertype

}  // namespace sluice
