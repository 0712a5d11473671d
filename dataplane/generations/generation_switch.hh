// The generation that all workers use, and the way to another one: main stores a pointer, each worker takes it up at
// its next turn, and the old generation is freed when every worker has said that it holds nothing of it any more
// (quiescent state, DPDK's rte_rcu_qsbr; https://doc.dpdk.org/guides-22.11/prog_guide/rcu_lib.html).
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "dataplane/match/generation.hh"

struct rte_rcu_qsbr;

namespace sluice {

class GenerationSwitch {
 public:
  // Every worker counts from here on: until it has called current() once, nothing is retired.
  GenerationSwitch(std::uint32_t workers, std::unique_ptr<const Generation> first);
  ~GenerationSwitch();  // when no worker runs any more
  GenerationSwitch(const GenerationSwitch&) = delete;
  GenerationSwitch& operator=(const GenerationSwitch&) = delete;

  // A worker, once a turn of its loop: it holds nothing of the generation that it used before, and uses this one until
  // it calls again.
  [[nodiscard]] const Generation& current(std::uint32_t worker) noexcept;
  // A worker that ends: nobody waits for it any more.
  void leave(std::uint32_t worker) noexcept;

  // Main alone, here and below. The live one becomes the old one. Only while none is retiring: two live at most.
  void publish(std::unique_ptr<const Generation> next) noexcept;
  // Whether no worker uses the old generation any more. Never waits.
  [[nodiscard]] bool is_left() const noexcept;
  // Frees the old generation where no worker uses it any more. Never waits. True where none is left.
  bool retire() noexcept;
  [[nodiscard]] bool is_retiring() const noexcept { return old_ != nullptr; }
  [[nodiscard]] const Generation& live() const noexcept { return *live_; }

 private:
  struct FreeVariable {
    void operator()(rte_rcu_qsbr* variable) const noexcept;
  };

  alignas(64) std::atomic<const Generation*> current_;  // main: wo, workers: ro
  std::unique_ptr<rte_rcu_qsbr, FreeVariable> quiescent_;
  std::unique_ptr<const Generation> live_;
  std::unique_ptr<const Generation> old_;
  std::uint64_t token_ = 0;  // what every worker must have passed before old_ may go
};

}  // namespace sluice
