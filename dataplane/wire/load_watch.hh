// Whether a worker keeps up, and what it leaves out while it does not. Told from what it sees anyhow, without a system
// call: bursts that come full, one after the other, from one queue.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

#include "dataplane/base/shedding.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/exchange/shared_memory.hh"
#include "dataplane/pipeline/pipeline.hh"

namespace sluice {

struct LoadLimits {
  std::uint32_t full_bursts = 0;  // in a row: it cannot keep up; 0: nothing is ever left out
  Duration calm{};                // without half as many: one step back
  std::uint32_t elephant_bytes = 0;
};

class LoadWatch {
 public:
  // Where a payload that nobody searches does not help for so long, what begins anew is the load.
  static constexpr Duration handshake_patience = std::chrono::milliseconds{20};
  // What waits in a queue when the worker comes back to it says nothing of the load. A ring holds as much (port.cc).
  static constexpr std::int32_t absence_bursts = 1024 / burst_limit;
  // A step back that was too early makes the next ones wait twice as long, up to that.
  static constexpr Duration longest_calm = std::chrono::seconds{1};

  explicit LoadWatch(const LoadLimits& limits) noexcept
      : limits_(limits),
        full_(static_cast<std::int32_t>(limits.full_bursts)),
        step_(std::max(full_ / 4, 1)),
        busy_(full_ == 0 ? streak_limit + 1 : std::max(full_ / 2, 1)),
        calm_(limits.calm) {}

  // So many packets came from a port's queue; `was_away`: the worker had not asked for long. True where that is a sign
  // of load, to be weighed.
  [[nodiscard]] bool came(std::uint32_t port, std::uint16_t count, bool was_away) noexcept {
    auto& queue = queues_[port];
    if (count < burst_limit) {
      // AF_XDP hands over 64 packets at a time, and takes one empty poll to fetch the next.
      if (count != 0 || queue.was_empty) queue.streak = 0;
      queue.was_empty = count == 0;
      return false;
    }
    queue.was_empty = false;
    if (queue.streak == 0) queue.excused = was_away ? absence_bursts : 0;
    if (queue.streak < streak_limit) ++queue.streak;
    return queue.streak - queue.excused >= busy_;
  }
  // Of a port for which came() said so.
  void weigh(std::uint32_t port, Tick now) noexcept;
  // Every now and then.
  void look(Tick now) noexcept;

  [[nodiscard]] Shed level() const noexcept { return level_; }
  [[nodiscard]] Shedding shedding() const noexcept { return Shedding::at(level_, limits_.elephant_bytes); }

 private:
  static constexpr std::int32_t streak_limit = 1 << 20;
  struct Queue {
    std::int32_t streak = 0;   // of full bursts
    std::int32_t excused = 0;  // of them, for what waited in our absence
    bool was_empty = false;
  };

  LoadLimits limits_;
  std::int32_t full_;
  std::int32_t step_;  // of bursts, from one level to the next
  std::int32_t busy_;
  Duration calm_;          // that the next step back takes
  bool on_trial_ = false;  // the last step was one back, and it is not known yet whether it was too early
  Shed level_ = Shed::nothing;
  Tick busy_at_{};                           // it was last
  Tick level_at_{};                          // reached from below
  std::array<Queue, ports_limit> queues_{};  // by port
};

}  // namespace sluice
