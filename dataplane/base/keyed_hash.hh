// A hash of 48 bytes under a secret, so that nobody outside can choose keys that collide (multiply-and-fold over 64-bit
// words).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace sluice {

class KeyedHash {
 public:
  explicit KeyedHash(std::uint64_t secret) noexcept {
    // SplitMix64 (Steele, Lea, Flood 2014) spreads the one secret over the words.
    for (auto& word : secret_) {
      secret += 0x9e3779b97f4a7c15;
      auto z = secret;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
      z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
      word = z ^ (z >> 31);
    }
  }

  // Every byte of the key is hashed: it has no padding.
  template <class Key>
  [[nodiscard]] std::uint64_t operator()(const Key& key) const noexcept {
    static_assert(sizeof(Key) == 48 && std::has_unique_object_representations_v<Key>);
    std::array<std::uint64_t, 6> word;
    std::memcpy(word.data(), &key, sizeof key);
    const auto a = fold(word[0] ^ secret_[0], word[1] ^ secret_[1]);
    const auto b = fold(word[2] ^ secret_[2], word[3] ^ secret_[3]);
    const auto c = fold(word[4] ^ secret_[4], word[5] ^ secret_[5]);
    return fold(a ^ b ^ secret_[6], c ^ secret_[0]);
  }

 private:
  __extension__ using Wide = unsigned __int128;

  // The high and low half of a 64 x 64 bit product, folded: every input bit reaches every output bit.
  static std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
    const auto product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }

  std::array<std::uint64_t, 7> secret_;
};

}  // namespace sluice
