// What shows how a tap is wired: which of its sides the devices are on, and whether both directions come by. Counted
// once a flow, or once a message of those that set a network up, and judged by the control plane (control/vantage).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "dataplane/base/counters.hh"

namespace sluice {

constexpr std::uint32_t port_pairs_limit = 16;  // pairs that a configuration may name

// Inside and outside are the ports, whatever stands behind them. Unit: connections or messages. Names are the metric
// label.
enum class WiringSign : std::uint8_t {
  asked,            // connections of TCP, and flows of look-ups, that somebody inside began: both call for an answer
  connected,        // connections of TCP that were taken, both ends having been heard
  unheard_inside,   // connections of TCP that began and went on while the end on that side was never heard
  unheard_outside,  // likewise
  // Over IPv4, taken, from a private address on that side to a public one that lies elsewhere (in another /16) than
  // that of the one before: one host that looks after servers makes few of them.
  private_inside,
  private_outside,
  public_pair,     // over IPv4, taken, between public addresses
  client_inside,   // messages of DHCP clients to everybody on the link
  client_outside,  // likewise
  server_inside,   // answers of DHCP servers to clients
  server_outside,  // likewise
  router_inside,   // router advertisements
  router_outside,  // likewise
  dhcp_other,      // all other messages of DHCP: renewed leases, relays
};
constexpr std::array<std::string_view, 14> wiring_sign_names{
    "asked",           "connected",     "unheard_inside", "unheard_outside", "private_inside",
    "private_outside", "public_pair",   "client_inside",  "client_outside",  "server_inside",
    "server_outside",  "router_inside", "router_outside", "dhcp_other"};

using Wiring = ByReason<WiringSign, wiring_sign_names.size()>;
// By Packet::port_pair.
using WiringByPair = std::array<Wiring, port_pairs_limit>;

}  // namespace sluice
