// A worker's own, fixed number of equal blocks, each handed out by its index.
#pragma once

#include <cstdint>
#include <memory>

#include "dataplane/base/resident_memory.hh"

namespace sluice {

constexpr std::uint32_t no_index = 0xffffffff;

// Block: default-initialisation touches none of its memory, so that an idle pool costs none; clear() makes it usable.
template <class Block>
class Pool {
 public:
  explicit Pool(std::uint32_t count)
      : count_(count),
        free_count_(count),
        blocks_(std::make_unique_for_overwrite<Block[]>(count)),
        free_(std::make_unique<std::uint32_t[]>(count)) {
    for (std::uint32_t i = 0; i < count; ++i) free_[i] = count - 1 - i;
  }
  // On a wire: a block's memory costs no page fault later.
  void make_resident() noexcept { sluice::make_resident(blocks_.get(), count_ * sizeof(Block)); }

  // The index of a cleared block, or no_index where none is free.
  [[nodiscard]] std::uint32_t take() noexcept {
    if (free_count_ == 0) return no_index;
    const auto index = free_[--free_count_];
    blocks_[index].clear();
    return index;
  }
  void give(std::uint32_t index) noexcept { free_[free_count_++] = index; }
  [[nodiscard]] Block& at(std::uint32_t index) noexcept { return blocks_[index]; }
  [[nodiscard]] std::uint32_t in_use() const noexcept { return count_ - free_count_; }

 private:
  std::uint32_t count_;
  std::uint32_t free_count_;
  std::unique_ptr<Block[]> blocks_;
  std::unique_ptr<std::uint32_t[]> free_;
};

}  // namespace sluice
