// Which DNS resolvers the network offered each device, and so which of those that it asks are of its own choice.
// Learned from events, in their order: a device that was never seen to be offered any is never said to go past them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <tuple>
#include <vector>

#include "dataplane/event/event.hh"

namespace sluice {

class OfferedResolvers {
 public:
  // Devices beyond this make the one that was kept longest be forgotten.
  static constexpr std::size_t device_limit = 4096;
  // Resolvers kept of one offer: no more than an option of DHCP holds (RFC 2132 section 3.8).
  static constexpr std::size_t resolver_limit = 63;
  // An offer without a lease time (RFC 2131 section 4.3.5) counts so long.
  static constexpr Duration offer_time = std::chrono::hours{24};

  // A device's address as events have it, and until when the offer counts: any protocol that offers resolvers may say
  // so.
  void offer(const EventHeader& header, const Address& device, std::vector<Address> resolvers, Tick until);
  // Takes the offer of a `dhcp` event; all others pass.
  void consume(const Event& event);
  // Of a `dns` or `flow` event: whether its device asked a resolver that is none of those that it was offered before.
  [[nodiscard]] bool is_past(const Event& event) const;
  void clear() noexcept {
    offers_.clear();
    order_.clear();
  }

 private:
  using Key = std::tuple<std::uint8_t, std::uint16_t, std::uint16_t, Address>;  // pair of ports, VLANs, device
  struct Offer {
    Tick since{};
    Tick until{};
    std::vector<Address> resolvers;
  };

  [[nodiscard]] static Key key_of(const EventHeader& header, const Address& device) noexcept {
    return {header.port_pair, header.vlan[0], header.vlan[1], device};
  }

  std::map<Key, Offer> offers_;
  std::deque<Key> order_;  // the first is forgotten first
};

}  // namespace sluice
