// Which bindings of an IP and a hardware address were reported lately, so that a link that repeats them all the time
// gives an event now and then.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "dataplane/base/expiring_table.hh"
#include "dataplane/packet/packet.hh"

namespace sluice {

// Bindings remembered where all is recorded; beyond, the one that would end first is forgotten and reported again.
constexpr std::uint32_t neighbour_entries = 1024;
constexpr Duration neighbour_interval = std::chrono::minutes{10};

class NeighbourTable {
 public:
  NeighbourTable(std::uint32_t entries, std::uint64_t secret) : table_(entries, secret) {}
  void make_resident() noexcept { table_.make_resident(); }

  // Whether the binding was not reported within neighbour_interval. `mac`: 6 bytes, or none. `is_router`: what a router
  // announces is news beside what it says as a neighbour.
  [[nodiscard]] bool is_news(const Packet& packet, const Address& address, Bytes mac, bool is_router) noexcept {
    Binding binding{};
    binding.address = address.bytes;
    std::copy_n(mac.begin(), std::min(mac.size(), binding.mac.size()), binding.mac.begin());
    binding.vlan = {packet.vlan[0], packet.vlan[1]};
    binding.port_pair = packet.port_pair;
    binding.is_router = is_router ? 1 : 0;
    auto& entry = table_.place(binding);
    const bool is_known = entry.until > packet.time && entry.key == binding;
    if (!is_known) entry = {binding, packet.time + neighbour_interval};
    return !is_known;
  }

 private:
  struct Binding {
    std::array<std::uint8_t, 16> address;
    std::array<std::uint8_t, 6> mac;
    std::array<std::uint16_t, 2> vlan;
    std::uint8_t port_pair;
    std::uint8_t is_router;
    std::array<std::uint8_t, 4> none;

    bool operator==(const Binding&) const noexcept = default;
  };
  struct Entry {
    Binding key{};
    Tick until{};
  };

  ExpiringTable<Entry> table_;
};

}  // namespace sluice
