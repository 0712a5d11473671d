// Rows that raise alarms and block nothing for now, although they would: changed while workers match.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace sluice {

class HeldRows {
 public:
  explicit HeldRows(std::size_t rows)
      : words_(std::make_unique<Word[]>((rows + word_bits - 1) / word_bits)), rows_(rows) {}

  [[nodiscard]] bool holds(std::uint32_t row) const noexcept {
    return row < rows_ && (words_[row / word_bits].load(std::memory_order_relaxed) >> row % word_bits & 1U) != 0;
  }
  // Main alone: these, sorted, and no others. A worker goes by it from its next hit on.
  void hold(const std::vector<std::uint32_t>& rows) const noexcept {
    std::size_t next = 0;
    for (std::size_t word = 0; word * word_bits < rows_; ++word) {
      std::uint64_t bits = 0;
      for (; next < rows.size() && rows[next] / word_bits == word; ++next)
        bits |= std::uint64_t{1} << rows[next] % word_bits;
      words_[word].store(bits, std::memory_order_relaxed);
    }
  }

 private:
  using Word = std::atomic<std::uint64_t>;  // main: wo, workers: ro
  static constexpr std::size_t word_bits = 64;

  std::unique_ptr<Word[]> words_;
  std::size_t rows_;
};

}  // namespace sluice
