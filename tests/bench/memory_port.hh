// A port without a card: DPDK's ring driver, whose two wires are rings that the caller fills and empties.
#pragma once

#include <rte_mempool.h>
#include <rte_ring.h>

#include <cstdint>
#include <string>

namespace sluice::bench {

class MemoryPort {
 public:
  // slots: frames that fit on a wire, a power of two. Throws std::runtime_error where DPDK has no memory for it.
  MemoryPort(const std::string& name, rte_mempool* pool, std::uint32_t slots);
  ~MemoryPort();
  MemoryPort(const MemoryPort&) = delete;
  MemoryPort& operator=(const MemoryPort&) = delete;

  [[nodiscard]] std::uint16_t id() const noexcept { return id_; }
  [[nodiscard]] rte_ring* arriving() const noexcept { return arriving_; }
  [[nodiscard]] rte_ring* leaving() const noexcept { return leaving_; }

 private:
  rte_ring* arriving_;
  rte_ring* leaving_;
  std::uint16_t id_ = 0;
};

}  // namespace sluice::bench
