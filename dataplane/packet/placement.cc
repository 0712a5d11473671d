#include "dataplane/packet/placement.hh"

#include <algorithm>

namespace sluice {

InsideNetworks::InsideNetworks(std::vector<AddressRange> ranges) : ranges_(std::move(ranges)) {}

InsideNetworks InsideNetworks::private_addresses() {
  // As Address::is_private() names them.
  std::vector<AddressRange> ranges;
  for (const char* text :
       {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10", "fc00::/7", "fe80::/10"})
    ranges.push_back(*AddressRange::parse(text));
  return InsideNetworks{std::move(ranges)};
}

bool InsideNetworks::contains(const Address& address) const noexcept {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const auto& range) { return range.contains(address); });
}

Inside InsideNetworks::side_of(const Address& source, const Address& destination) const noexcept {
  const bool source_is = contains(source);
  if (source_is == contains(destination)) return Inside::unknown;
  return source_is ? Inside::source : Inside::destination;
}

std::uint32_t worker_of(const Packet& packet, std::uint32_t workers) noexcept {
  const bool is_inner = packet.outer.depth != 0;
  const auto& source = is_inner ? packet.outer.source : packet.source;
  const auto& destination = is_inner ? packet.outer.destination : packet.destination;
  const auto inside = packet.networks == nullptr ? packet.inside : packet.networks->side_of(source, destination);
  // Where both ends may be inside, DNS goes with the one that asks: a resolver in the same network must not draw its
  // clients' look-ups away from their other traffic.
  constexpr std::uint16_t dns_port = 53;
  const bool asks = !is_inner && packet.destination_port == dns_port && packet.source_port != dns_port;
  const bool answers = !is_inner && packet.source_port == dns_port && packet.destination_port != dns_port;
  const bool by_source =
      inside == Inside::source || (inside == Inside::unknown && (asks || (!answers && source < destination)));
  const auto& key = by_source ? source : destination;
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const auto byte : key.bytes) hash = (hash ^ byte) * 0x100000001b3;
  // Neighbours differ in their last byte alone, which FNV has multiplied once: without this they would all meet in
  // one worker. The steps are the 64-bit finaliser of MurmurHash3.
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return static_cast<std::uint32_t>((hash >> 32) % workers);
}

}  // namespace sluice
