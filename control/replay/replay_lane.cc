#include "control/replay/replay_lane.hh"

#include <algorithm>
#include <array>
#include <chrono>

#include "dataplane/verdict/ech_strip.hh"

namespace sluice {
namespace {

constexpr std::size_t ring_bytes = std::size_t{1} << 20;

// What an idle thread waits before it looks again: short against any capture, long against a spin.
void idle() { std::this_thread::sleep_for(std::chrono::microseconds{20}); }

}  // namespace

ReplayRings::Ring::Ring()
    : data(std::make_unique_for_overwrite<std::uint8_t[]>(ring_bytes)),
      consumer({data.get(), ring_bytes}, written, read),
      producer({data.get(), ring_bytes}, written, read) {}

ReplayRings::ReplayRings() = default;

EventSink ReplayRings::sink() noexcept { return {findings_.producer, records_.producer}; }

std::optional<RingRecord> ReplayRings::next(std::uint64_t tag) noexcept {
  const auto finding = findings_.consumer.next_tag();
  const auto record = records_.consumer.next_tag();
  if (finding && *finding <= tag && (!record || *finding <= *record)) return findings_.consumer.pop();
  if (record && *record <= tag) return records_.consumer.pop();
  return std::nullopt;
}

ReplayLane::ReplayLane(const PipelineOptions& options, const Generation& generation, std::uint32_t number,
                       bool threaded, std::function<void()> make_room)
    : threaded_(threaded),
      sink_(rings_.sink()),
      pipeline_(options, generation, number, sink_),
      make_room_(std::move(make_room)) {
  sink_.wait_with(wait_for_room, this);
  if (threaded_) thread_ = std::thread([this] { run(); });
}

ReplayLane::~ReplayLane() {
  if (!threaded_) return;
  phase_.store(Phase::finished, std::memory_order_release);
  thread_.join();
}

bool ReplayLane::wait_for_room(void* lane) noexcept {
  auto& self = *static_cast<ReplayLane*>(lane);
  if (self.threaded_)
    idle();
  else
    self.make_room_();
  return self.phase_.load(std::memory_order_acquire) != Phase::finished;  // finished before its time: given up
}

bool ReplayLane::submit(ReplaySlot& slot) {
  if (threaded_) return queue_.push(&slot);
  pending_.push_back(&slot);
  if (pending_.size() == burst_limit) flush();
  return true;
}

void ReplayLane::flush() {
  if (pending_.empty()) return;
  work(pending_);
  pending_.clear();
}

void ReplayLane::work(std::span<ReplaySlot*> slots) noexcept {
  // Where the clock of the capture goes back a burst ends: which packets come together is chance among threads, and
  // what timed out by the later time may not hang on it.
  while (!slots.empty()) {
    const auto back = std::adjacent_find(slots.begin(), slots.end(), [](const ReplaySlot* one, const ReplaySlot* next) {
      return next->packet.time < one->packet.time;
    });
    const auto count = back == slots.end() ? slots.size() : static_cast<std::size_t>(back - slots.begin()) + 1;
    work_burst(slots.first(count));
    slots = slots.subspan(count);
  }
}

void ReplayLane::work_burst(std::span<ReplaySlot*> slots) noexcept {
  std::array<Packet, burst_limit> burst;
  for (std::size_t i = 0; i < slots.size(); ++i) burst[i] = slots[i]->packet;
  pipeline_.process({burst.data(), slots.size()});
  for (const auto i : pipeline_.ech_keys()) strip_ech(burst[i], slots[i]->bytes);
  for (const auto& reply : pipeline_.replies()) slots[reply.packet]->replies.push_back(reply);
  const auto& last = burst[slots.size() - 1];
  pipeline_.housekeep(last.time, last.number);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    slots[i]->packet = burst[i];
    slots[i]->done.store(true, std::memory_order_release);
  }
}

void ReplayLane::run() {
  std::array<ReplaySlot*, burst_limit> slots;
  for (;;) {
    // The phase is read first: what was submitted before it changed is then certain to be in the queue.
    const auto phase = phase_.load(std::memory_order_acquire);
    if (const auto count = queue_.pop(slots.data(), slots.size())) {
      work({slots.data(), count});
    } else if (phase == Phase::finishing) {
      pipeline_.finish(last_time_, last_tag_);
      phase_.store(Phase::finished, std::memory_order_release);
      return;
    } else if (phase == Phase::finished) {
      return;  // given up
    } else {
      idle();
    }
  }
}

bool ReplayLane::finish(Tick now, std::uint64_t tag) {
  const auto phase = phase_.load(std::memory_order_acquire);
  if (phase == Phase::finished) return true;
  if (phase == Phase::finishing) {
    idle();
    return false;
  }
  last_tag_ = tag;
  last_time_ = now;
  if (threaded_) {
    phase_.store(Phase::finishing, std::memory_order_release);
    return false;
  }
  flush();
  pipeline_.finish(now, tag);
  phase_.store(Phase::finished, std::memory_order_release);
  return true;
}

}  // namespace sluice
