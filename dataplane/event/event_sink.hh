// Where a worker's events go: two rings, so that a flood of flow records never costs a finding.
#pragma once

#include <cstdint>

#include "dataplane/base/counters.hh"
#include "dataplane/event/event.hh"
#include "dataplane/event/event_ring.hh"

namespace sluice {

class EventSink {
 public:
  EventSink(RingProducer findings, RingProducer records) noexcept : findings_(findings), records_(records) {}

  // Replay loses nothing: before giving an event up, the worker calls this, and tries again while it returns true.
  // Without it (inline), a full ring costs the newest event, which is counted.
  using WaitForRoom = bool (*)(void* context) noexcept;
  void wait_with(WaitForRoom wait, void* context) noexcept {
    wait_ = wait;
    context_ = context;
  }

  void put(EventType type, std::uint64_t tag, Bytes record, InspectionCounters& counters) noexcept;

 private:
  RingProducer findings_;
  RingProducer records_;
  WaitForRoom wait_ = nullptr;
  void* context_ = nullptr;
};

}  // namespace sluice
