// A progress bar on standard error, for work that takes long enough to ask.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace sluice {

class ProgressBar {
 public:
  ProgressBar(std::string title, bool wanted) : title_(std::move(title)), wanted_(wanted) {}
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  // `done` of `total`, in whatever unit; total 0 = not known. Cheap: looks at the clock once in a while.
  void at(std::uint64_t done, std::uint64_t total);

 private:
  using Clock = std::chrono::steady_clock;

  std::string title_;
  bool wanted_;
  bool shown_ = false;
  std::uint32_t calls_ = 0;
  Clock::time_point started_ = Clock::now();
  Clock::time_point next_ = started_ + std::chrono::seconds{1};  // a short job shows nothing
};

}  // namespace sluice
