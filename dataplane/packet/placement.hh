// Which end of a packet is the inspected network's, and which worker owns it.
#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/packet/packet.hh"
#include "rules/names/address.hh"

namespace sluice {

// The inside as address ranges: what a capture needs, where no port tells the sides apart.
class InsideNetworks {
 public:
  InsideNetworks() = default;
  explicit InsideNetworks(std::vector<AddressRange> ranges);
  // Every address that Address::is_private() names.
  [[nodiscard]] static InsideNetworks private_addresses();

  [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }
  [[nodiscard]] bool contains(const Address& address) const noexcept;
  // Of a packet from source to destination; unknown where both or neither are inside.
  [[nodiscard]] Inside side_of(const Address& source, const Address& destination) const noexcept;

 private:
  std::vector<AddressRange> ranges_;
};

// The worker of a decoded packet, of `workers`, by the addresses of its outermost IP header alone, as a network card
// does it: then the fragments of a datagram, what it holds, and all that goes through one tunnel meet in one place. By
// the inside address, so that all that a device does meets there; by the smaller one where the inside is unknown. Both
// directions of a flow get the same worker.
[[nodiscard]] std::uint32_t worker_of(const Packet& packet, std::uint32_t workers) noexcept;

}  // namespace sluice
