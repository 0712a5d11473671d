// One thread for what takes too long for the main core: loading rules, writing to disk. Jobs run one after the other.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace sluice {

class Background {
 public:
  // A job looks at this now and then, and ends early when it is set.
  using Stop = std::atomic<bool>;
  using Job = std::function<void(const Stop&)>;

  Background();
  ~Background();  // stops the job under way and drops those that wait
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  // What the job has written is to be read after is_done() of its number.
  std::uint64_t post(Job job);
  [[nodiscard]] bool is_done(std::uint64_t number) const noexcept {
    return done_.load(std::memory_order_acquire) >= number;
  }

 private:
  void run();

  Stop stop_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> jobs_;
  std::uint64_t posted_ = 0;
  std::atomic<std::uint64_t> done_{0};
  std::thread thread_;
};

}  // namespace sluice
