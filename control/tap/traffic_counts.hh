// What a replay counts of the traffic itself, for EVE's `stats` as Suricata writes them. A running tap has no such
// figures: to count each packet once more would cost its fast path.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "dataplane/event/event.hh"
#include "dataplane/packet/packet.hh"
#include "rules/signatures/anomaly.hh"

namespace sluice {

struct TrafficCounts {
  std::map<std::string, std::uint64_t> decoder;                      // "ipv4", "tcp", "invalid", ...
  std::map<std::pair<Protocol, std::uint8_t>, std::uint64_t> flows;  // by application and IP protocol
  std::map<std::string, std::uint64_t> messages;                     // "dns_udp", "tls", ...
  std::map<std::string, std::uint64_t> errors;
  AnomalyCounts anomalies;

  // A packet that went through the pipeline.
  void consume(const Packet& packet);
  // Any event of it.
  void consume(const Event& event);
};

// Suricata's statistics tell DNS over UDP from DNS over TCP.
[[nodiscard]] std::string counted_name(std::string_view protocol, std::uint8_t transport);

}  // namespace sluice
