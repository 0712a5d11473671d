// Events of one flow that wait for what the other direction adds (a hello for the server's answer, a request for its
// response), oldest first, in a block of a pool.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/pool.hh"

namespace sluice {

class EventQueue {
 public:
  static constexpr std::size_t total_size = 8192;  // bytes

  void clear() noexcept { size_ = 0; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  // False where there is no room: nothing was added. An empty record is never kept.
  [[nodiscard]] bool push(Bytes record) noexcept;
  // The oldest record, good until the next push() or pop(); empty where none waits.
  [[nodiscard]] Bytes front() const noexcept { return at(0); }
  void pop() noexcept { erase(front()); }
  // The record behind one that front() or next() gave; empty behind the youngest.
  [[nodiscard]] Bytes next(Bytes record) const noexcept;
  // Takes out one that front() or next() gave.
  void erase(Bytes record) noexcept;

 private:
  using Length = std::uint16_t;  // stands before each record

  // The record whose length stands there; empty at the end.
  [[nodiscard]] Bytes at(std::size_t offset) const noexcept;

  // No member is initialised here: see Pool.
  std::uint32_t size_;  // bytes in use
  std::array<std::uint8_t, total_size - sizeof(std::uint32_t)> bytes_;
};
static_assert(sizeof(EventQueue) == EventQueue::total_size);

using EventQueuePool = Pool<EventQueue>;

}  // namespace sluice
