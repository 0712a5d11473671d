// The counters of a run as one JSON document: what `--stats` writes, and the `sluice` block of EVE's stats event.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "control/tap/traffic_counts.hh"
#include "dataplane/base/counters.hh"
#include "dataplane/base/tick.hh"

namespace sluice {

struct PortStatistics {
  std::string name;  // may hold any bytes
  PortCounters counters;
};

// One moment's reading of all workers.
struct Statistics {
  std::vector<PortStatistics> ports;
  InspectionCounters inspection;
  std::uint64_t held = 0;  // packets inside, counted from pool occupancy
  std::uint32_t generation = 0;
  Duration uptime{};
  std::optional<TrafficCounts> traffic;  // of a replay
  std::size_t rules_left_out = 0;        // of a replay: signatures that could not be read, where that was asked for

  // All ports together.
  [[nodiscard]] PortCounters total() const noexcept;
};

// {"packets": {"received", "transmitted", "forwarded", "dropped": {reason: n}, "consumed", "held"}, "bytes": {...},
//  "uninspected": {reason: n}, "tcp_anomalies": {kind: n}, "anomalies": {layer: n}, "anomalies_cut",
//  "packets_unsaid", "visibility": {"flows": {how: n}, "bytes":
//  {how: n}, "nothing": {"flows": {reason: n}, "bytes": {reason: n}}}, "flows", "flows_ended", "events", "events_lost",
//  "events_truncated", "events_unpaired", "content_errors": {reason: n}, "findings", "ports": {name: {...}}}. Reasons
//  that counted nothing are left out.
[[nodiscard]] nlohmann::ordered_json statistics_document(const Statistics& statistics);
// The same as text, indented, with a line end.
[[nodiscard]] std::string statistics_text(const Statistics& statistics);

}  // namespace sluice
