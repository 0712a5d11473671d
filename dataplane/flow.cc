#include "dataplane/flow.hh"

#include <cstring>
#include <utility>

namespace sluice {
namespace {

__extension__ using Wide = unsigned __int128;

// The high and low half of a 64 x 64 bit product, folded: every input bit reaches every output bit.
std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  const auto product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

}  // namespace

FlowKey FlowKey::of(const Packet& packet) noexcept {
  FlowKey key;
  key.low = packet.source;
  key.high = packet.destination;
  key.low_port = packet.source_port;
  key.high_port = packet.destination_port;
  if (std::pair{key.high, key.high_port} < std::pair{key.low, key.low_port}) {
    std::swap(key.low, key.high);
    std::swap(key.low_port, key.high_port);
  }
  key.vlan[0] = packet.vlan[0];
  key.vlan[1] = packet.vlan[1];
  key.protocol = packet.protocol;
  key.port_pair = packet.port_pair;
  return key;
}

std::uint64_t flow_id(const FlowKey& key, Tick first_seen) noexcept {
  const auto start = static_cast<std::uint64_t>(nanoseconds_since_epoch(first_seen));
  return FlowHash{start}(key) >> 11;
}

FlowHash::FlowHash(std::uint64_t secret) noexcept {
  // SplitMix64 (Steele, Lea, Flood 2014) spreads the one secret over the words.
  for (auto& word : secret_) {
    secret += 0x9e3779b97f4a7c15;
    auto z = secret;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
}

std::uint64_t FlowHash::operator()(const FlowKey& key) const noexcept {
  std::array<std::uint64_t, 6> word;
  std::memcpy(word.data(), &key, sizeof key);
  const auto a = fold(word[0] ^ secret_[0], word[1] ^ secret_[1]);
  const auto b = fold(word[2] ^ secret_[2], word[3] ^ secret_[3]);
  const auto c = fold(word[4] ^ secret_[4], word[5] ^ secret_[5]);
  return fold(a ^ b ^ secret_[6], c ^ secret_[0]);
}

}  // namespace sluice
