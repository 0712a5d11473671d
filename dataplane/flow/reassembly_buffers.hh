// Who holds which reassembly buffer of a worker, and who gives one up when there is no other.
#pragma once

#include <cstdint>
#include <memory>

#include "dataplane/base/counters.hh"
#include "dataplane/base/tick.hh"
#include "dataplane/flow/flow.hh"
#include "dataplane/flow/reassembly.hh"

namespace sluice {

class ReassemblyBuffers {
 public:
  ReassemblyBuffers(std::uint32_t count, InspectionCounters& counters);
  void make_resident() noexcept { pool_.make_resident(); }

  // A buffer for a message that came in part: the direction's own, a free one, or the one of a direction that gives
  // way. False where there is none.
  [[nodiscard]] bool take(Flow& flow, Way way, Tick now) noexcept;
  // One to watch what was read already, whose first byte `begin` was about to read: only of those that messages leave.
  [[nodiscard]] bool take_spare(Flow& flow, Way way, const StreamSide& begin, Tick now) noexcept;
  void give(StreamSide& side) noexcept;

  [[nodiscard]] ReassemblyBuffer& at(std::uint32_t index) noexcept { return pool_.at(index); }
  // The direction as it was where the window of its buffer begins.
  [[nodiscard]] StreamSide& begin(std::uint32_t index) noexcept { return holders_[index].begin; }

 private:
  struct Holder {
    StreamSide begin;
    Flow* flow = nullptr;
    Way way{};
    Tick since{};
  };

  [[nodiscard]] bool waits(const Holder& holder) noexcept;
  [[nodiscard]] bool make_room() noexcept;
  void hold(Flow& flow, Way way, const StreamSide& begin, Tick now) noexcept;

  std::uint32_t count_;
  BufferPool pool_;
  std::unique_ptr<Holder[]> holders_;  // by buffer
  std::uint32_t next_candidate_ = 0;
  InspectionCounters* counters_;
};

}  // namespace sluice
