// Which end of a packet is the inspected network's, and which worker owns it.
#pragma once

#include <cstdint>
#include <vector>

#include "dataplane/packet.hh"
#include "rules/address.hh"

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

// The worker of a decoded packet, of `workers`: by the inside address, so that all that a device does meets in one
// place; by the smaller address where that is unknown. Both directions of a flow get the same worker.
[[nodiscard]] std::uint32_t worker_of(const Packet& packet, std::uint32_t workers) noexcept;

}  // namespace sluice
