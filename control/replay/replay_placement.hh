// Which lane of a replay a packet goes to, so that any number of them finds the same.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "dataplane/packet/placement.hh"

namespace sluice {

// As worker_of() places it, and what a network card cannot do besides: an error of ICMP goes where the flow is that it
// quotes, the fragments of an answer to where its question went, and both directions of a flow to one lane even where
// interfaces that were named as the two sides each saw both.
class ReplayPlacement {
 public:
  // Pairs of addresses that are remembered. Beyond, packets are placed as a card would.
  static constexpr std::size_t pairs_limit = std::size_t{1} << 20U;

  explicit ReplayPlacement(std::uint32_t lanes) : lanes_(lanes) {}

  // Of a packet that was decoded, as far as it could be; packets come in the order of the capture. `by_interface`:
  // interfaces say what is inside, with which pairs of addresses need not agree.
  [[nodiscard]] std::uint32_t lane_of(const Packet& packet, bool by_interface);

 private:
  struct Pair {
    Address low;
    Address high;
    bool operator==(const Pair&) const = default;
  };
  struct HashPair {
    [[nodiscard]] std::size_t operator()(const Pair& pair) const noexcept;
  };
  static Pair pair_of(const Packet& packet) noexcept;

  std::uint32_t lanes_;
  std::unordered_map<Pair, std::uint32_t, HashPair> known_;
};

}  // namespace sluice
