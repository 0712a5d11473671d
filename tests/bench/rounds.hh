// Whose turn it is: row after row, round after round, until the time is up and the round is whole.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

namespace sluice::bench {

class Rounds {
 public:
  // The first round, in which every row warms up, is outside of `time`.
  Rounds(std::uint32_t rows, std::chrono::duration<double> time);

  // Blocks until it is that row's turn; false where the rounds are over.
  [[nodiscard]] bool wait_for_turn(std::uint32_t row) noexcept;
  // The row whose turn it is has done its part.
  void end_turn(std::uint32_t row) noexcept;
  // Whole rounds, without the first.
  [[nodiscard]] std::uint32_t count() const noexcept { return count_; }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::uint32_t over = ~std::uint32_t{0};

  std::uint32_t rows_;
  std::chrono::duration<double> time_;
  Clock::time_point began_{};
  std::uint32_t count_ = 0;  // the row whose turn it is: rw
  bool is_first_ = true;
  std::atomic<std::uint32_t> turn_{0};
};

}  // namespace sluice::bench
