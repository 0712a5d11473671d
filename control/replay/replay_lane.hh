// One worker of a replay: a pipeline, its event rings, and the thread that runs it where there is more than one.
#pragma once

#include <atomic>
#include <boost/lockfree/spsc_queue.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "dataplane/capture/capture.hh"
#include "dataplane/event/event_ring.hh"
#include "dataplane/event/event_sink.hh"
#include "dataplane/pipeline/pipeline.hh"

namespace sluice {

class ReplayLane;

// A packet of the capture from when it was read until it is written.
struct ReplaySlot {
  std::vector<std::uint8_t> bytes;
  CapturedPacket captured;  // its data lies in `bytes`
  Packet packet;
  std::vector<PacketReply> replies;  // what ends are told of it
  ReplayLane* lane = nullptr;
  std::atomic<bool> done{false};  // lane: wo, reader: ro
};

// The ring pair of one worker, in memory of its own.
class ReplayRings {
 public:
  ReplayRings();

  [[nodiscard]] EventSink sink() noexcept;
  // The next event with a tag of at most `tag`, findings first; nothing where there is none.
  [[nodiscard]] std::optional<RingRecord> next(std::uint64_t tag) noexcept;

 private:
  struct Ring {
    Ring();
    std::unique_ptr<std::uint8_t[]> data;
    RingIndex written;
    RingIndex read;
    RingConsumer consumer;
    RingProducer producer;
  };
  Ring findings_;
  Ring records_;
};

class ReplayLane {
 public:
  // `make_room` is called from the lane's work when its rings are full: on the reader's own thread where
  // !threaded; else it is not called and the lane waits for the reader.
  ReplayLane(const PipelineOptions& options, const Generation& generation, std::uint32_t number, bool threaded,
             std::function<void()> make_room);
  ~ReplayLane();
  ReplayLane(const ReplayLane&) = delete;
  ReplayLane& operator=(const ReplayLane&) = delete;

  // Hands a packet over. False where the lane's queue is full: make room for it and call again.
  [[nodiscard]] bool submit(ReplaySlot& slot);
  // Lets what was submitted be worked off: at once where !threaded.
  void flush();
  // No packet follows, of any lane: all flows end at `now`, the time of the last one. Call until it returns true, and
  // take events in between.
  [[nodiscard]] bool finish(Tick now, std::uint64_t tag);

  [[nodiscard]] std::optional<RingRecord> next_event(std::uint64_t tag) noexcept { return rings_.next(tag); }
  // Only when finished.
  [[nodiscard]] const InspectionCounters& counters() const noexcept { return pipeline_.counters(); }
  [[nodiscard]] const AnomalyCounts& anomalies() const noexcept { return pipeline_.anomalies(); }

 private:
  enum class Phase : std::uint8_t { running, finishing, finished };

  static constexpr std::size_t queue_limit = 1024;

  void run();
  void work(std::span<ReplaySlot*> slots) noexcept;
  void work_burst(std::span<ReplaySlot*> slots) noexcept;  // times in order
  static bool wait_for_room(void* lane) noexcept;

  const bool threaded_;
  ReplayRings rings_;
  EventSink sink_;
  Pipeline pipeline_;
  std::function<void()> make_room_;
  std::vector<ReplaySlot*> pending_;  // where !threaded
  boost::lockfree::spsc_queue<ReplaySlot*, boost::lockfree::capacity<queue_limit>> queue_;
  std::atomic<Phase> phase_{Phase::running};
  std::uint64_t last_tag_ = 0;
  Tick last_time_{};
  std::thread thread_;
};

}  // namespace sluice
