// Looks every few seconds at what the tap has counted of its wiring and at the inventory, and keeps what the judge
// makes of it. On a thread of its own.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "control/tap/event_loop.hh"
#include "control/vantage/vantage_judge.hh"

namespace sluice {

class VantageDesk {
 public:
  static constexpr auto look_interval = std::chrono::seconds{5};

  // Both outlive it. `interval`: between two looks.
  VantageDesk(std::vector<VantagePair> pairs, EventLoop& events, const Inventory& inventory,
              std::chrono::milliseconds interval = look_interval);
  ~VantageDesk();
  VantageDesk(const VantageDesk&) = delete;
  VantageDesk& operator=(const VantageDesk&) = delete;

  // As it was judged last; nothing before a data plane was seen.
  [[nodiscard]] std::vector<VantageJudgement> judgements() const;

 private:
  void run();
  void look();

  std::vector<VantagePair> pairs_;
  EventLoop* events_;
  const Inventory* inventory_;
  std::chrono::milliseconds interval_;
  VantageJudge judge_;  // of the thread alone

  mutable std::mutex mutex_;  // of what follows
  std::vector<VantageJudgement> judgements_;
  std::condition_variable stopped_;
  bool stop_ = false;
  std::thread thread_;  // last: it uses what stands above
};

}  // namespace sluice
