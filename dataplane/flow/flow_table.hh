// The flows of one worker: a bounded, preallocated array and a keyed index over it.
//
// The index is two-choice hashing over buckets of eight: a bucket is one cache line of 16-bit tags and slots, a key
// may lie in either of two buckets, and the full key is compared in the flow's own first cache line, which the
// packet needs anyway. DESIGN.md starts from rte_hash; dataplane/README.md says why this took its place.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "dataplane/flow/flow.hh"

namespace sluice {

class FlowTable {
 public:
  // capacity: flows, rounded up to a multiple of 8. All memory is taken here; nothing is allocated later.
  FlowTable(std::uint32_t capacity, std::uint64_t hash_secret);
  // On a wire: a flow's memory costs no page fault later.
  void make_resident() noexcept;

  [[nodiscard]] std::uint64_t hash(const FlowKey& key) const noexcept { return hash_(key); }
  // Ahead of find(), in passes over a burst: brings the buckets near, then the flow that the key probably has.
  void prefetch_bucket(std::uint64_t hash) const noexcept;
  [[nodiscard]] Flow* prefetch_flow(std::uint64_t hash) const noexcept;
  // The line that is touched while the flow is read; its first ones are there.
  static void prefetch_undecided(const Flow* flow) noexcept {
    if (flow != nullptr && !flow->decided && flow->key.protocol == ip_protocol::tcp)
      __builtin_prefetch(&flow->receiver);
  }

  // The flow of that key, or nullptr. `guess`: what prefetch_flow() gave, still good after insertions and erasures.
  [[nodiscard]] Flow* find(const FlowKey& key, std::uint64_t hash, Flow* guess = nullptr) noexcept;
  // A new flow of that key, value-initialised; nullptr where the table is full. The key must not be present.
  [[nodiscard]] Flow* insert(const FlowKey& key, std::uint64_t hash) noexcept;
  void erase(Flow& flow) noexcept;

  [[nodiscard]] std::uint32_t index_of(const Flow& flow) const noexcept {
    return static_cast<std::uint32_t>(&flow - flows_.get());
  }
  [[nodiscard]] Flow& at(std::uint32_t index) noexcept { return flows_[index]; }
  [[nodiscard]] std::uint32_t capacity() const noexcept { return capacity_; }
  [[nodiscard]] std::uint32_t size() const noexcept { return capacity_ - free_count_; }

 private:
  static constexpr std::size_t slots = 8;

  struct alignas(64) Bucket {
    std::uint16_t tag[slots] = {};  // 0 = empty
    std::uint32_t flow[slots] = {};
  };
  struct Place {
    Bucket* first;
    Bucket* second;
    std::uint16_t tag;
  };

  [[nodiscard]] Place place(std::uint64_t hash) const noexcept;
  // A bit a slot, first bucket then second, that may hold the key.
  [[nodiscard]] static unsigned candidates(const Place& where) noexcept;
  // The flow in the lowest of those slots.
  [[nodiscard]] Flow* candidate(const Place& where, unsigned bits) const noexcept;

  std::uint32_t capacity_;
  std::uint32_t bucket_mask_;
  KeyedHash hash_;
  struct Release {
    std::uint32_t count;
    void operator()(Flow* flows) const noexcept { std::allocator<Flow>{}.deallocate(flows, count); }
  };
  // Raw memory: a flow is constructed by insert(), so that an idle table costs no memory.
  std::unique_ptr<Flow[], Release> flows_;
  std::unique_ptr<Bucket[]> buckets_;
  std::unique_ptr<std::uint32_t[]> free_;  // stack of unused flow indices
  std::uint32_t free_count_;
};

}  // namespace sluice
