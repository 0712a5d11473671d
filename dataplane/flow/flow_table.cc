#include "dataplane/flow/flow_table.hh"

#include <algorithm>
#include <bit>
#include <new>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "dataplane/base/resident_memory.hh"

namespace sluice {
namespace {

// Share of the slots that may be in use: two-choice hashing with eight slots a bucket all but never overflows below
// nine tenths, so a full array is what ends insertion, not an unlucky bucket.
constexpr std::uint64_t load_numerator = 4;
constexpr std::uint64_t load_denominator = 5;

// A bit for each of a bucket's eight tags that equals `tag`.
#ifdef __SSE2__
unsigned matches(const std::uint16_t* tags, std::uint16_t tag) noexcept {
  const auto row = _mm_load_si128(reinterpret_cast<const __m128i*>(tags));
  const auto equal = _mm_cmpeq_epi16(row, _mm_set1_epi16(static_cast<short>(tag)));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_packs_epi16(equal, _mm_setzero_si128())));
}
#else
unsigned matches(const std::uint16_t* tags, std::uint16_t tag) noexcept {
  unsigned bits = 0;
  for (unsigned slot = 0; slot < 8; ++slot) bits |= static_cast<unsigned>(tags[slot] == tag) << slot;
  return bits;
}
#endif

}  // namespace

FlowTable::FlowTable(std::uint32_t capacity, std::uint64_t hash_secret)
    : capacity_(std::max<std::uint32_t>(8, (capacity + 7) / 8 * 8)),
      hash_(hash_secret),
      flows_(std::allocator<Flow>{}.allocate(capacity_), Release{capacity_}),
      free_count_(capacity_) {
  const auto wanted = capacity_ * load_denominator / load_numerator / slots;
  const auto buckets = std::bit_ceil(std::max<std::uint64_t>(2, wanted));
  bucket_mask_ = static_cast<std::uint32_t>(buckets - 1);
  buckets_ = std::make_unique<Bucket[]>(buckets);
  free_ = std::make_unique<std::uint32_t[]>(capacity_);
  // Low indices first: a table that is mostly empty touches little memory.
  for (std::uint32_t i = 0; i < capacity_; ++i) free_[i] = capacity_ - 1 - i;
}

void FlowTable::make_resident() noexcept { sluice::make_resident(flows_.get(), capacity_ * sizeof(Flow)); }

FlowTable::Place FlowTable::place(std::uint64_t hash) const noexcept {
  const auto tag = static_cast<std::uint16_t>((hash >> 48) | 1);  // never 0, which means empty
  const auto first = static_cast<std::uint32_t>(hash) & bucket_mask_;
  // Always another bucket than the first: the distance is odd.
  const auto second = (first ^ ((static_cast<std::uint32_t>(hash >> 32) & bucket_mask_) | 1)) & bucket_mask_;
  return {&buckets_[first], &buckets_[second], tag};
}

void FlowTable::prefetch_bucket(std::uint64_t hash) const noexcept {
  const auto where = place(hash);
  __builtin_prefetch(where.first);
  __builtin_prefetch(where.second);
}

unsigned FlowTable::candidates(const Place& where) noexcept {
  return matches(where.first->tag, where.tag) | matches(where.second->tag, where.tag) << slots;
}

Flow* FlowTable::candidate(const Place& where, unsigned bits) const noexcept {
  const auto slot = static_cast<unsigned>(std::countr_zero(bits));
  return &flows_[(slot < slots ? where.first : where.second)->flow[slot % slots]];
}

// One branch that is easy to foresee: half of all keys lie in their second bucket.
Flow* FlowTable::prefetch_flow(std::uint64_t hash) const noexcept {
  const auto where = place(hash);
  const auto bits = candidates(where);
  if (bits == 0) return nullptr;
  auto* flow = candidate(where, bits);
  // Each line that is waited for costs as much as all the rest of the packet's way.
  const auto* const bytes = reinterpret_cast<const char*>(flow);
  for (std::size_t at = 0; at < flow_bytes_per_packet; at += cache_line) __builtin_prefetch(bytes + at);
  return flow;
}

Flow* FlowTable::find(const FlowKey& key, std::uint64_t hash, Flow* guess) noexcept {
  if (guess != nullptr && guess->key == key) return guess;
  const auto where = place(hash);
  for (auto bits = candidates(where); bits != 0; bits &= bits - 1)
    if (auto* flow = candidate(where, bits); flow->key == key) return flow;
  return nullptr;
}

Flow* FlowTable::insert(const FlowKey& key, std::uint64_t hash) noexcept {
  if (free_count_ == 0) return nullptr;
  const auto where = place(hash);
  const auto room = [](const Bucket& bucket) { return std::count(bucket.tag, bucket.tag + slots, 0); };
  Bucket& bucket = room(*where.first) >= room(*where.second) ? *where.first : *where.second;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    if (bucket.tag[slot] != 0) continue;
    const auto index = free_[--free_count_];
    bucket.tag[slot] = where.tag;
    bucket.flow[slot] = index;
    auto* flow = new (&flows_[index]) Flow{};
    flow->key = key;
    return flow;
  }
  return nullptr;
}

void FlowTable::erase(Flow& flow) noexcept {
  const auto index = index_of(flow);
  const auto where = place(hash_(flow.key));
  for (auto* bucket : {where.first, where.second}) {
    for (std::size_t slot = 0; slot < slots; ++slot) {
      if (bucket->tag[slot] != where.tag || bucket->flow[slot] != index) continue;
      bucket->tag[slot] = 0;
      flow.key = FlowKey{};  // nobody's: a guess that is still around must not hit
      free_[free_count_++] = index;
      return;
    }
  }
}

}  // namespace sluice
