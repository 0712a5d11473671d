// Lazy expiry: packets only write last_seen; a queue for each timeout class looks at a flow when it could have
// expired at the earliest, and re-files the living at its end.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "dataplane/flow/flow.hh"
#include "dataplane/flow/flow_table.hh"

namespace sluice {

using Timeouts = std::array<Duration, expiry_class_count>;  // by ExpiryClass

class Expiry {
 public:
  Expiry(std::uint32_t capacity, const Timeouts& timeouts);

  // Files a flow under flow.expiry; or moves it after its class has changed.
  void file(const FlowTable& table, Flow& flow, Tick now) noexcept;
  void remove(const FlowTable& table, const Flow& flow) noexcept;

  [[nodiscard]] bool is_expired(const Flow& flow, Tick now) const noexcept {
    return now - flow.last_seen > timeouts_[static_cast<std::size_t>(flow.expiry)];
  }
  // A flow that has expired, or nullptr. Looks at up to `budget` flows and lowers it by those it looked at.
  [[nodiscard]] Flow* next_expired(FlowTable& table, Tick now, std::uint32_t& budget) noexcept;
  // The flow of that class that was filed first, or nullptr: what to give up when the table is full.
  [[nodiscard]] Flow* oldest(FlowTable& table, ExpiryClass expiry) noexcept;

 private:
  struct Link {
    std::uint32_t previous = no_index;
    std::uint32_t next = no_index;
    Tick filed{};
    std::uint8_t queue = 0;
    bool queued = false;
  };
  struct Queue {
    std::uint32_t head = no_index;
    std::uint32_t tail = no_index;
  };

  void unlink(std::uint32_t index) noexcept;
  void append(std::uint32_t index, std::uint8_t queue, Tick now) noexcept;

  Timeouts timeouts_;
  std::unique_ptr<Link[]> links_;
  std::array<Queue, expiry_class_count> queues_{};
};

}  // namespace sluice
