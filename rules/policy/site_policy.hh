// What a site does with findings, and with devices: what nothing blocks, and the lines that decide on the rest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/facts/hit_place.hh"
#include "rules/names/address.hh"
#include "rules/policy/lapse.hh"
#include "rules/policy/policy_line.hh"
#include "rules/policy/traffic_line.hh"

namespace sluice {

// Why something is not blocked, whatever rules and lines say.
enum class Shield : std::uint8_t {
  none,
  calls,    // Wi-Fi calls, emergency calls among them, need it
  network,  // devices need it to have a network, and the time
  site,     // the site says so
  breaks,   // something is known to stop working, and the line that blocks does not say that it may
};
[[nodiscard]] std::string_view text_of(Shield shield) noexcept;

// What of it holds.
struct NeverBlock {
  bool calls = true;
  bool network = true;
  std::vector<std::string> names{};      // in lower case: each and all below it
  std::vector<AddressRange> networks{};  // either end
};

// What is about a hit beside its place.
struct HitContext {
  std::string_view looked_up;       // the name that the device asked DNS for to reach the far end; empty: not known
  bool is_by_name = false;          // the place's destination is what matched
  bool is_network_service = false;  // DHCP, NTP, neighbour discovery
};

// Calls: names of mobile operators below pub.3gppnetwork.org (3GPP TS 23.003: ePDG in 19.4.2.9, XCAP in 13.9; GSMA
// TS.43: entitlement servers), and the addresses that the device was given for them. What a device writes into a
// handshake is believed only where that name is what matched: anybody can write it.
[[nodiscard]] Shield shield_of(const NeverBlock& never_block, const HitPlace& place,
                               const HitContext& context) noexcept;

// What look-ups are answered with that lead there. Without one of that family: nothing of that type.
struct Sinkhole {
  std::optional<Address> v4{};
  std::optional<Address> v6{};
};

// Where a device in quarantine may go.
struct Portal {
  std::vector<std::string> names{};  // in lower case: each and all below it
  std::vector<AddressRange> networks{};

  // `asked`: the name that the device looked up to get there; empty: not known.
  [[nodiscard]] bool holds(const std::optional<Address>& remote, std::string_view asked) const noexcept;
};

struct SitePolicy {
  NeverBlock never_block{};
  TrafficLines traffic{};
  Portal portal{};
  PolicyLines lines{};
  Sinkhole sinkhole{};
  LapseFates lapses{};
};

}  // namespace sluice
