#include "tests/bench/rounds.hh"

namespace sluice::bench {

Rounds::Rounds(std::uint32_t rows, std::chrono::duration<double> time) : rows_(rows), time_(time) {}

bool Rounds::wait_for_turn(std::uint32_t row) noexcept {
  for (;;) {
    const auto turn = turn_.load(std::memory_order_acquire);
    if (turn == over) return false;
    if (turn == row) return true;
    turn_.wait(turn, std::memory_order_acquire);
  }
}

void Rounds::end_turn(std::uint32_t row) noexcept {
  auto next = row + 1;
  if (next == rows_) {
    if (!is_first_) ++count_;
    if (is_first_) began_ = Clock::now();
    is_first_ = false;
    next = count_ > 0 && Clock::now() - began_ >= time_ ? over : 0;
  }
  turn_.store(next, std::memory_order_release);
  turn_.notify_all();
}

}  // namespace sluice::bench
