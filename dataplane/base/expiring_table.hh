// A bounded table of a worker that forgets: entries live until a moment of their own; where a bucket is full, what
// would end first gives way.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <type_traits>

#include "dataplane/base/resident_memory.hh"
#include "dataplane/base/tick.hh"

namespace sluice {

// Entry: `Key key` (every byte of it is hashed and compared) and `Tick until`, which is Tick{} in an unused one.
template <class Entry>
class ExpiringTable {
 public:
  using Key = decltype(Entry::key);
  static_assert(std::has_unique_object_representations_v<Key> && sizeof(Key) % 8 == 0);

  // `entries` is rounded up to a power of two. Keyed by `secret`: nobody outside can choose keys that collide.
  ExpiringTable(std::uint32_t entries, std::uint64_t secret)
      : buckets_(std::bit_ceil(std::max(entries, ways)) / ways),
        secret_(secret),
        entries_(std::make_unique<Entry[]>(std::size_t{buckets_} * ways)) {}
  void make_resident() noexcept { sluice::make_resident(entries_.get(), std::size_t{buckets_} * ways * sizeof(Entry)); }

  // Null where the key is not there; an entry whose time is over stands until its room is needed.
  [[nodiscard]] Entry* find(const Key& key) const noexcept {
    auto* const bucket = bucket_of(key);
    for (std::uint32_t i = 0; i < ways; ++i)
      if (bucket[i].until != Tick{} && std::memcmp(&bucket[i].key, &key, sizeof key) == 0) return &bucket[i];
    return nullptr;
  }

  // Where the key's entry is, or what it may overwrite.
  [[nodiscard]] Entry& place(const Key& key) noexcept {
    if (auto* const found = find(key)) return *found;
    auto* const bucket = bucket_of(key);
    return *std::min_element(bucket, bucket + ways, [](const Entry& a, const Entry& b) { return a.until < b.until; });
  }

 private:
  static constexpr std::uint32_t ways = 8;  // entries a bucket

  [[nodiscard]] Entry* bucket_of(const Key& key) const noexcept {
    // Multiply and fold, 64 bits at a time, as FlowHash does.
    __extension__ using Wide = unsigned __int128;
    const auto multiplier = (secret_ ^ 0xd6e8feb86659fd93) | 1;
    auto hash = secret_;
    for (std::size_t at = 0; at < sizeof key; at += 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, reinterpret_cast<const unsigned char*>(&key) + at, sizeof word);
      const auto product = static_cast<Wide>(word ^ hash ^ 0x9e3779b97f4a7c15) * multiplier;
      hash =
          (hash << 23 | hash >> 41) ^ static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    }
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
    return &entries_[(hash >> 32) % buckets_ * ways];
  }

  std::uint32_t buckets_;
  std::uint64_t secret_;
  std::unique_ptr<Entry[]> entries_;
};

}  // namespace sluice
