// What the main core concludes from one worker's counters: whether its known-answer probes succeed, whether every
// packet is accounted for, and whether it inspects all that it should.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "dataplane/exchange/shared_memory.hh"
#include "rules/policy/lapse.hh"

namespace sluice {

class WorkerWatch {
 public:
  using Clock = std::chrono::steady_clock;
  // Without a probe that succeeds. Two of them fall into it.
  static constexpr std::chrono::seconds probe_patience{12};
  // An error is one when it stands for so long, in which no look sees none.
  static constexpr std::chrono::seconds error_patience{1};
  // Nothing is full any more when nothing was for so long.
  static constexpr std::chrono::seconds lapse_patience{3};

  explicit WorkerWatch(Clock::time_point now) : succeeded_(now) {}

  // A consistent reading.
  void look(const WorkerReading& reading, std::uint32_t ports, Clock::time_point now);
  // "no known-answer probe has succeeded for 12 s"; empty = all is well.
  [[nodiscard]] std::string unanswered(Clock::time_point now) const;
  // "port eth0: 3 packets received and not accounted for"; empty = all is well. `header`: has the ports' names.
  [[nodiscard]] std::string unaccounted(const SharedHeader& header, Clock::time_point now) const;
  // "the flow table is full (flow.table_entries)"; empty = it inspects all that it should.
  [[nodiscard]] std::string lapsed(Clock::time_point now) const;

 private:
  struct Error {
    std::uint32_t port = 0;
    bool is_received = false;
    std::int64_t packets = 0;
  };

  std::uint64_t successes_ = 0;
  Clock::time_point succeeded_;
  ProbeFault fault_{};
  std::uint32_t database_ = 0;
  Error error_;  // the first one; 0 packets = none
  Clock::time_point wrong_since_{};
  struct Counted {
    std::uint64_t count = 0;
    Clock::time_point rose{};
  };
  std::array<Counted, lapse_count> lapses_;  // by Lapse
};

}  // namespace sluice
