// Whether a push made the tap worse: what it does after it, held against what it did before. A pure function of looks,
// so that noise can be played to it.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "control/rollout/tap_sample.hh"

namespace sluice {

class PushWatch {
 public:
  using Clock = TapSample::Clock;
  static constexpr auto look_interval = std::chrono::milliseconds{500};
  // What was before is known by so many looks at most, and is not judged with fewer.
  static constexpr std::size_t looks_before = 120;
  static constexpr std::size_t least_looks = 4;
  // Nothing is undone for one look: it must be as bad in so many in a row.
  static constexpr unsigned looks_worse = 4;
  // Loss: of what came in the last looks, in percent, in packets, and against the share before.
  static constexpr std::uint64_t lost_percent = 1;
  static constexpr std::uint64_t lost_packets = 20;
  static constexpr std::uint64_t lost_times = 4;
  // Latency: cycles that a worker takes a packet, as the median of looks with packets enough for a mean: so many times
  // as many as before, and so many more, which is what a mere change of traffic does not bring.
  static constexpr std::uint64_t least_packets = 20;
  static constexpr double cycles_times = 4;
  static constexpr double cycles_more = 50'000;

  // `before`: looks up to the push, in order.
  explicit PushWatch(const std::deque<TapSample>& before);

  // Why it is to be undone; nothing while all is as well as before.
  [[nodiscard]] std::optional<std::string> look(const TapSample& sample);
  // The data plane was ended by somebody: nothing can be said any more.
  [[nodiscard]] bool is_over() const noexcept { return is_over_; }

 private:
  [[nodiscard]] std::string loss() const;
  [[nodiscard]] std::string latency() const;

  bool was_uninspected_ = false;
  bool is_over_ = false;
  bool was_stopped_ = false;
  std::uint64_t epoch_ = 0;
  std::uint64_t unaccounted_ = 0;
  double lost_share_ = 0;
  std::optional<double> cycles_;    // a packet, before
  std::deque<TapSample> last_;      // looks since the push, looks_worse + 1 at most
  unsigned uninspected_ = 0;        // looks in a row
  unsigned unaccounted_looks_ = 0;  // the same
  unsigned losing_ = 0;
  unsigned slow_ = 0;
};

}  // namespace sluice
