// One moment's reading of the memory that the data plane shares: its state, and the counters of every worker.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "control/tap/statistics.hh"
#include "control/tap/tap_coverage.hh"
#include "dataplane/exchange/shared_memory.hh"

namespace sluice {

struct TapLink {
  LinkState state{};         // unwatched: its loss is not passed on
  std::uint64_t losses = 0;  // of it
};

struct TapReading {
  struct Worker {
    WorkerReading counters;  // as they stood at the end of one burst
    std::uint64_t heartbeat = 0;
  };

  std::uint64_t epoch = 0;
  std::int64_t started_ns = 0;  // since 1970
  std::uint32_t process = 0;    // id, in the data plane's own process name space
  TapState state{};
  std::string reason;         // of the state; empty where all is well
  std::int64_t since_ns = 0;  // of the state, since 1970
  std::uint32_t generation = 0;
  std::string ruleset_digest;         // hex
  std::int64_t rules_expire_ns = 0;   // the first of the live packs and their manifest, since 1970; 0 = none does
  std::uint64_t swaps = 0;            // generations that took over while traffic flowed
  std::uint32_t suspended_rules = 0;  // that are not tried, for their cost
  std::uint64_t suspensions_cycles = 0;
  std::uint64_t suspensions_limits = 0;
  std::uint64_t refused_calls = 0;  // system calls that a thread tried and may not make
  std::uint64_t held = 0;           // packet buffers in use
  std::vector<std::string> ports;   // may hold any bytes
  std::vector<TapLink> links{};     // one a port
  std::vector<Worker> workers;
};

// Of one port, all workers together.
[[nodiscard]] PortCounters port_counters(const TapReading& reading, std::size_t port) noexcept;
[[nodiscard]] Statistics statistics_of(const TapReading& reading, Tick now);

// The number of states that a data plane may say (name_of() has their names).
constexpr std::uint32_t tap_states = 5;

}  // namespace sluice
