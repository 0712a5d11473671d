#include "dataplane/generations/background.hh"

#include <utility>

#include "dataplane/wire/privileges.hh"

namespace sluice {

Background::Background() : thread_([this] { run(); }) {}

Background::~Background() {
  {
    const std::lock_guard lock{mutex_};
    stop_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

std::uint64_t Background::post(Job job) {
  const std::lock_guard lock{mutex_};
  jobs_.push_back(std::move(job));
  wake_.notify_one();
  return ++posted_;
}

void Background::run() {
  give_up_capabilities();
  std::unique_lock lock{mutex_};
  for (;;) {
    wake_.wait(lock, [&] { return stop_ || !jobs_.empty(); });
    if (stop_) return;
    {
      const auto job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job(stop_);
    }  // what the job holds ends before it counts as done
    done_.fetch_add(1, std::memory_order_release);
    lock.lock();
  }
}

}  // namespace sluice
