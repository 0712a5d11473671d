#include "control/rollout/tap_sample.hh"

#include <cstdlib>

#include "dataplane/exchange/conservation.hh"

namespace sluice {

TapSample sample_of(const LoopStatus& status, TapSample::Clock::time_point now) {
  TapSample sample;
  sample.at = now;
  if (!status.reading) return sample;
  const auto& reading = *status.reading;
  sample.is_stopped = reading.state == TapState::stopped;
  if (status.up) sample.epoch = reading.epoch;
  sample.is_uninspected = status.up && reading.state == TapState::uninspected;
  sample.reason = reading.reason;
  for (const auto& worker : reading.workers) {
    sample.busy_cycles += worker.counters.busy_cycles;
    sample.events_lost += worker.counters.inspection.events_lost;
    for (std::size_t port = 0; port < reading.ports.size(); ++port) {
      const auto& counters = worker.counters.ports[port];
      sample.received += counters.received;
      sample.lost += counters.dropped[DropReason::tx_full];
      const auto error = conservation_error(counters, worker.counters.ports[other_port(port)]);
      sample.unaccounted += static_cast<std::uint64_t>(std::abs(error.received) + std::abs(error.transmitted));
    }
  }
  return sample;
}

}  // namespace sluice
