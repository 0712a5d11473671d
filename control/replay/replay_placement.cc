#include "control/replay/replay_placement.hh"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>

#include "dataplane/packet/icmp_quote.hh"

namespace sluice {
namespace {

constexpr std::uint16_t dns_port = 53;

Inside turned(Inside inside) noexcept {
  if (inside == Inside::unknown) return inside;
  return inside == Inside::source ? Inside::destination : Inside::source;
}

// What the error is about, as it was sent.
std::optional<Packet> quoted(const Packet& error) {
  const bool is_v6 = error.protocol == ip_protocol::icmp_v6;
  if (error.outer.depth != 0 || (error.protocol != ip_protocol::icmp && !is_v6)) return std::nullopt;
  if (!is_icmp_error(error.transport, is_v6)) return std::nullopt;
  const auto quote = parse_icmp_quote(error.transport, is_v6);
  if (!quote || quote->source != error.destination) return std::nullopt;
  Packet packet;
  packet.clear();
  packet.networks = error.networks;
  packet.inside = turned(error.inside);
  packet.source = quote->source;
  packet.destination = quote->destination;
  packet.source_port = quote->source_port;
  packet.destination_port = quote->destination_port;
  packet.protocol = quote->protocol;
  return packet;
}

std::size_t hash_of(const Address& address) noexcept {
  return std::hash<std::string_view>{}({reinterpret_cast<const char*>(address.bytes.data()), address.bytes.size()});
}

}  // namespace

std::size_t ReplayPlacement::HashPair::operator()(const Pair& pair) const noexcept {
  constexpr std::size_t odd = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio: the ends do not cancel out
  return hash_of(pair.low) * odd + hash_of(pair.high);
}

ReplayPlacement::Pair ReplayPlacement::pair_of(const Packet& packet) noexcept {
  const auto& source = packet.outer.depth != 0 ? packet.outer.source : packet.source;
  const auto& destination = packet.outer.depth != 0 ? packet.outer.destination : packet.destination;
  return {std::min(source, destination), std::max(source, destination)};
}

std::uint32_t ReplayPlacement::lane_of(const Packet& packet, bool by_interface) {
  if (const auto about = quoted(packet)) return lane_of(*about, by_interface);
  const auto pair = pair_of(packet);
  // Nobody joins fragments here: none of them has ports, not even the first.
  const bool is_fragment = packet.uninspected == UninspectedReason::fragment;
  if (by_interface || is_fragment)
    if (const auto known = known_.find(pair); known != known_.end()) return known->second;
  const auto lane = worker_of(packet, lanes_);
  const bool asks = packet.destination_port == dns_port && packet.source_port != dns_port;
  if ((by_interface || asks) && known_.size() < pairs_limit) known_.emplace(pair, lane);
  return lane;
}

}  // namespace sluice
