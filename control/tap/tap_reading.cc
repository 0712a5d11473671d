#include "control/tap/tap_reading.hh"

namespace sluice {

PortCounters port_counters(const TapReading& reading, std::size_t port) noexcept {
  PortCounters sum;
  for (const auto& worker : reading.workers) sum += worker.counters.ports[port];
  return sum;
}

Statistics statistics_of(const TapReading& reading, Tick now) {
  Statistics statistics;
  for (std::size_t port = 0; port < reading.ports.size(); ++port)
    statistics.ports.push_back({reading.ports[port], port_counters(reading, port)});
  for (const auto& worker : reading.workers) statistics.inspection += worker.counters.inspection;
  statistics.held = reading.held;
  statistics.generation = reading.generation;
  // A clock that was set back, or a start that is garbage, gives none.
  if (reading.started_ns >= 0 && reading.started_ns <= nanoseconds_since_epoch(now))
    statistics.uptime = now - tick_from_nanoseconds(reading.started_ns);
  return statistics;
}

}  // namespace sluice
