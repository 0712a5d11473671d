// A tap between two memory ports, with its worker on a thread of its own: cases go in, and it is noted for which of
// them the name was found and the flow blocked.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "dataplane/wire/port.hh"
#include "dataplane/wire/worker.hh"
#include "tests/bench/memory_port.hh"
#include "tests/splits/cases.hh"
#include "tests/unit/pipeline_run.hh"

namespace sluice::splits {

class Wire {
 public:
  // cases: how many there will be. Throws std::runtime_error where DPDK has no memory.
  explicit Wire(std::uint64_t cases);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // So many frames in one direction that a block of cases needs fit.
  static constexpr std::uint32_t slots = 8192;

  // All openings first, then all answers, then the rest: the two ports of a wire know no order between them.
  void send(const std::vector<Case>& block);
  [[nodiscard]] bool is_found(std::uint64_t number) const { return found_[number]; }
  [[nodiscard]] WorkerReading reading() const;

 private:
  void put(bench::MemoryPort& port, const test::Frame& frame);
  void wait();

  PacketPool pool_;
  bench::MemoryPort inside_;
  bench::MemoryPort outside_;
  GenerationSwitch generations_;
  test::LocalRing findings_;
  test::LocalRing records_;
  std::unique_ptr<WorkerPage> page_ = std::make_unique<WorkerPage>();
  WireEpoch epoch_;
  std::unique_ptr<Worker> worker_;
  std::vector<bool> found_;
  std::uint64_t sent_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace sluice::splits
