// A row's traffic: two memory ports (DPDK's ring driver) whose wires it fills with a block of frames and empties again
// when the worker has forwarded them. Buffers go round: what came out is written anew and goes in.
#pragma once

#include <rte_mempool.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/look.hh"
#include "tests/bench/memory_port.hh"
#include "tests/bench/mix.hh"

struct rte_mbuf;

namespace sluice::bench {

constexpr std::uint32_t block_frames = 2048;  // at a time on the wires
constexpr std::uint32_t buffers_of_a_row = 2 * block_frames;
constexpr std::uint32_t longest_frame = 1518;

// Of all frames that a source made.
struct SourceCounters {
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::uint64_t came_out = 0;
  std::uint64_t digest = 0;  // over heads, without what a Look alters, and lengths, in order
};

class Source {
 public:
  // Throws std::runtime_error where DPDK has no memory for it.
  Source(const std::string& name, rte_mempool* pool, Look look, Mix mix);

  [[nodiscard]] const MemoryPort& inside() const noexcept { return inside_; }
  [[nodiscard]] const MemoryPort& outside() const noexcept { return outside_; }
  // Whether all that was loaded has been received.
  [[nodiscard]] bool is_drained() const noexcept;
  // Takes back what came out.
  void collect();
  // Puts a block on the wires: at least block_frames - Mix::step_limit.
  void load();

  [[nodiscard]] const SourceCounters& counters() const noexcept { return counters_; }
  [[nodiscard]] const Mix& mix() const noexcept { return mix_; }

 private:
  [[nodiscard]] rte_mbuf* fresh_buffer();
  void write(const MixFrame& frame, rte_mbuf& buffer);

  rte_mempool* pool_;
  MemoryPort inside_;
  MemoryPort outside_;
  Look look_;
  Mix mix_;
  Random noise_{1};
  std::vector<rte_mbuf*> buffers_;  // that nobody uses
  SourceCounters counters_;
};

}  // namespace sluice::bench
