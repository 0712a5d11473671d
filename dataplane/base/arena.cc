#include "dataplane/base/arena.hh"

#include <algorithm>
#include <cstring>
#include <limits>

namespace sluice {
namespace {

constexpr std::size_t rounded(std::size_t bytes) noexcept {
  return (bytes + Arena::alignment - 1) / Arena::alignment * Arena::alignment;
}

}  // namespace

void Arena::reset(std::span<std::uint8_t> room) noexcept {
  constexpr std::size_t limit = std::numeric_limits<std::uint32_t>::max();
  begin_ = room.data();
  size_ = std::min(room.size(), limit) / alignment * alignment;
  next_ = 0;
  if (size_ < 2 * sizeof(Header)) {
    size_ = 0;
    return;
  }
  *header_at(0) = {static_cast<std::uint32_t>(size_), 0, 0, 0};
}

void* Arena::take(std::size_t bytes) noexcept {
  if (bytes > size_) return nullptr;
  const auto needed = sizeof(Header) + rounded(std::max<std::size_t>(bytes, 1));
  auto at = next_;
  for (bool wrapped = false; !wrapped || at < next_;) {
    if (at >= size_) {
      if (wrapped) return nullptr;
      wrapped = true;
      at = 0;
      continue;
    }
    auto* header = header_at(at);
    if (header->taken == 0 && header->size >= needed) {
      split(header, needed);
      header->taken = 1;
      next_ = at;
      return header + 1;
    }
    at += header->size;
  }
  return nullptr;
}

void Arena::give(void* memory) noexcept {
  if (memory == nullptr) return;
  auto* header = static_cast<Header*>(memory) - 1;
  header->taken = 0;
  join_above(header);
  if (header->size_before == 0) return;
  auto* below = header_at(offset_of(header) - header->size_before);
  if (below->taken == 0) join_above(below);
}

void* Arena::resize(void* memory, std::size_t bytes) noexcept {
  if (memory == nullptr) return take(bytes);
  const auto held = (static_cast<Header*>(memory) - 1)->size - sizeof(Header);
  if (bytes <= held) return memory;
  auto* larger = take(bytes);
  if (larger == nullptr) return nullptr;
  std::memcpy(larger, memory, held);
  give(memory);
  return larger;
}

// Makes one block of `header` and the one above it, where that is free.
void Arena::join_above(Header* header) noexcept {
  const auto* upper = above(header);
  if (upper == nullptr || upper->taken != 0) return;
  if (next_ == offset_of(upper)) next_ = offset_of(header);
  header->size += upper->size;
  if (auto* beyond = above(header)) beyond->size_before = header->size;
}

void Arena::split(Header* header, std::size_t size) noexcept {
  const auto rest = header->size - size;
  if (rest < 2 * sizeof(Header)) return;
  header->size = static_cast<std::uint32_t>(size);
  auto* upper = above(header);
  *upper = {static_cast<std::uint32_t>(rest), header->size, 0, 0};
  if (auto* beyond = above(upper)) beyond->size_before = upper->size;
}

}  // namespace sluice
