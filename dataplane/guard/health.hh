// How the data plane is, by what was seen of it over some looks. Pure: what it says depends on what it was shown alone.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>

#include "dataplane/guard/sight.hh"

namespace sluice {

using Moment = std::chrono::steady_clock::time_point;

enum class Condition : std::uint8_t {
  absent,   // none runs, or it is dying
  idle,     // it runs, and its workers do not: not yet, or no more
  hung,     // a worker has not moved for the limit
  unclear,  // neither hung nor proved well
  well,     // every worker moves, and has for some looks
};

struct Health {
  Condition condition = Condition::absent;
  std::uint32_t worker = 0;   // the first that hangs
  bool may_be_dying = false;  // the next look should come soon
};

class HealthWatch {
 public:
  explicit HealthWatch(std::chrono::milliseconds limit) noexcept : limit_(limit) {}
  [[nodiscard]] Health look(const Sight& sight, Moment now) noexcept;

 private:
  struct Worker {
    std::uint64_t heartbeat = 0;
    Moment moved{};
    std::uint32_t looks_since = 0;  // that it was not seen to move
    bool claimed = false;           // it has moved packets
  };
  std::chrono::milliseconds limit_;
  std::uint64_t instance_ = 0;
  std::uint32_t looks_well_ = 0;
  std::array<Worker, workers_limit> workers_;
};

}  // namespace sluice
