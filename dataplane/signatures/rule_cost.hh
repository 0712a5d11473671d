// What trying each signature costs one worker, and whether it is suspended for that. Only signatures whose pattern was
// seen (or that have none) are tried, so that nothing of this is touched by other packets.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace sluice {

// One in so many tries of a signature is measured: by the time stamp counter, which is no system call.
constexpr std::uint64_t cost_sample_interval = 16;

// Why a rule is not tried any more in its generation. Numbers stand in answers to the control plane: append only.
enum class Suspension : std::uint8_t {
  none = 0,
  cycles = 1,  // it took more of a worker's time than a rule may
  limits = 2,  // its regular expressions hit PCRE2's limits more often than a rule's may
};
constexpr Suspension suspension_last = Suspension::limits;
constexpr std::array<std::string_view, 3> suspension_names{"none", "cycles", "limits"};

// A number with one writer.
class RuleCount {
 public:
  // The writer alone.
  void add(std::uint64_t count) noexcept { value_.store(value() + count, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t value() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

// Of one signature, on a cache line of its own: the main core looks while its worker writes. worker: wo, main: ro
struct alignas(64) RuleCost {
  RuleCount checked;  // times that it was tried in full
  RuleCount matched;
  RuleCount sampled;                   // of the times that it was tried
  RuleCount cycles;                    // of these
  RuleCount limits;                    // times that a limit of PCRE2 was hit
  RuleCount skipped;                   // times that it was not tried, since it is suspended
  std::atomic<bool> suspended{false};  // main: wo, worker: ro
};

// Of all signatures, by row.
class RuleCosts {
 public:
  explicit RuleCosts(std::size_t rules) : rules_(std::make_unique<RuleCost[]>(rules)), size_(rules) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] RuleCost& operator[](std::size_t row) noexcept { return rules_[row]; }
  [[nodiscard]] const RuleCost& operator[](std::size_t row) const noexcept { return rules_[row]; }
  void add_sample(std::size_t row, std::uint64_t cycles) noexcept {
    rules_[row].sampled.add(1);
    rules_[row].cycles.add(cycles);
    sampled_cycles_.add(cycles);
  }
  void add_limit(std::size_t row) noexcept {
    rules_[row].limits.add(1);
    limits_.add(1);
  }
  // Of all signatures together: while these stay low, nobody need look at each.
  [[nodiscard]] std::uint64_t sampled_cycles() const noexcept { return sampled_cycles_.value(); }
  [[nodiscard]] std::uint64_t limits() const noexcept { return limits_.value(); }

 private:
  std::unique_ptr<RuleCost[]> rules_;
  std::size_t size_;
  RuleCount sampled_cycles_;
  RuleCount limits_;
};

}  // namespace sluice
