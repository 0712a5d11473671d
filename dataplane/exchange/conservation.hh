// The invariant of counters.hh, checked: what of a port's packets is not accounted for.
#pragma once

#include <cstddef>
#include <cstdint>

#include "dataplane/base/counters.hh"

namespace sluice {

// Packets; 0 where all is well, below it where more left than came.
struct ConservationError {
  std::int64_t received = 0;     // neither forwarded, dropped nor consumed
  std::int64_t transmitted = 0;  // neither received on the other port of the pair nor made by the tap
};

// Of one reading: a worker keeps nothing back beyond the burst at whose end its counters are published. `other`: of the
// other port of the pair, by the same worker.
[[nodiscard]] inline ConservationError conservation_error(const PortCounters& port,
                                                          const PortCounters& other) noexcept {
  const auto left = port.forwarded + port.dropped.sum() + port.consumed.sum();
  const auto sent = other.forwarded + port.injected.sum();
  return {static_cast<std::int64_t>(port.received - left), static_cast<std::int64_t>(port.transmitted - sent)};
}
// Ports stand in pairs: inside and outside of the first one, ...
[[nodiscard]] constexpr std::size_t other_port(std::size_t port) noexcept { return port ^ 1U; }

}  // namespace sluice
