// How a worker proves that it inspects: a look-up of a name that every generation holds goes through a pipeline of its
// own, on the rules that traffic is matched with now, and has to come out as two findings; and each pattern database
// has to find a pattern of its own.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <vector>

#include "dataplane/event/event_ring.hh"
#include "dataplane/event/event_sink.hh"
#include "dataplane/match/generation.hh"
#include "dataplane/packet/packet.hh"
#include "dataplane/pipeline/pipeline.hh"
#include "dataplane/pipeline/probe_reading.hh"

namespace sluice {

// One worker's, beside its pipeline: no table, counter, ring or wire of the traffic's is touched. It has no signatures
// (rules may count what they see), whose databases are asked instead.
class KnownAnswerProbe {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds interval{5};

  // `options`: of the worker's own pipeline. `worker`: which of the generation's scratch is its.
  KnownAnswerProbe(const PipelineOptions& options, const Generation& generation, std::uint32_t worker);

  // Between bursts: from here on the rules are those of `generation`, which are asked at once.
  void use(const Generation& generation) noexcept;
  [[nodiscard]] bool is_due(Clock::time_point now) const noexcept { return now >= next_; }
  // `time`: what the packet is stamped with.
  void run(Clock::time_point now, Tick time, ProbeReading& reading) noexcept;

 private:
  // Where the findings of the probe's pipeline go, and nobody else's.
  struct Ring {
    std::vector<std::uint8_t> data = std::vector<std::uint8_t>(2 * event_size_limit);
    RingIndex written;
    RingIndex read;
    RingConsumer consumer{data, written, read};
  };

  void write_frame() noexcept;
  [[nodiscard]] ProbeFault look_up(Tick time) noexcept;

  const Generation* generation_;
  std::uint32_t worker_;
  Ring findings_;
  Ring records_;
  EventSink sink_;
  Pipeline pipeline_;
  Packet packet_;
  std::array<std::uint8_t, 192> frame_{};
  std::size_t frame_size_ = 0;
  Clock::time_point next_{};
};

}  // namespace sluice
