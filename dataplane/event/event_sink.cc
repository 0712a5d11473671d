#include "dataplane/event/event_sink.hh"

namespace sluice {

void EventSink::put(EventType type, std::uint64_t tag, Bytes record, InspectionCounters& counters) noexcept {
  auto& ring = type == EventType::alert ? findings_ : records_;
  while (!ring.push(tag, record)) {
    if (wait_ == nullptr || !wait_(context_)) {
      ++counters.events_lost;
      return;
    }
  }
  ++counters.events;
}

}  // namespace sluice
