// Frames through a pipeline alone: no ports, but bursts and housekeeping as a worker has them.
#pragma once

#include <algorithm>
#include <array>
#include <span>

#include "tests/bench/thread_clock.hh"
#include "tests/unit/pipeline_run.hh"

namespace sluice::bench {

class Feed {
 public:
  // `generation` must outlive it.
  Feed(const PipelineOptions& options, const Generation& generation)
      : sink_(findings_.producer(), records_.producer()), pipeline_(options, generation, 0, sink_) {}

  // Nanoseconds a frame, of this thread. Time on the wire goes on by `gap` with each burst.
  double pass(std::span<const Bytes> frames, Duration gap) {
    const auto began = thread_nanoseconds();
    for (std::size_t at = 0; at < frames.size(); at += burst_limit) {
      const auto count = std::min(burst_limit, frames.size() - at);
      for (std::size_t i = 0; i < count; ++i) {
        burst_[i] = Packet{};
        burst_[i].frame = frames[at + i];
        burst_[i].wire_length = static_cast<std::uint32_t>(frames[at + i].size());
        burst_[i].time = now_;
      }
      pipeline_.process({burst_.data(), count});
      now_ += gap;
      since_housekeeping_ += count;
      if (since_housekeeping_ < packets_between_housekeeping) continue;
      since_housekeeping_ = 0;
      pipeline_.housekeep(now_, 0);
    }
    const auto taken = thread_nanoseconds() - began;
    empty();
    frames_ += frames.size();
    return taken / static_cast<double>(frames.size());
  }

  [[nodiscard]] const Pipeline& pipeline() const noexcept { return pipeline_; }
  [[nodiscard]] std::uint64_t frames() const noexcept { return frames_; }
  // Handshakes of which server name, JA3 and JA4 were told.
  [[nodiscard]] std::uint64_t fingerprinted() const noexcept { return fingerprinted_; }

 private:
  static constexpr std::size_t packets_between_housekeeping = 128;  // as a worker has it

  void empty() {
    for (auto* ring : {&findings_, &records_})
      while (const auto record = ring->consumer.pop())
        if (const auto event = Event::parse(record->bytes);
            event && event->find(Field::tls_sni) && event->find(Field::ja3_hash) && event->find(Field::ja4))
          ++fingerprinted_;
  }

  test::LocalRing findings_;
  test::LocalRing records_;
  EventSink sink_;
  Pipeline pipeline_;
  std::array<Packet, burst_limit> burst_;
  Tick now_ = tick_from_nanoseconds(1'700'000'000'000'000'000);
  std::size_t since_housekeeping_ = 0;
  std::uint64_t frames_ = 0;
  std::uint64_t fingerprinted_ = 0;
};

}  // namespace sluice::bench
