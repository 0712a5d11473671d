// Whose the wire is, and the steps by which it changes hands. Pure: what is done is another's (wire.hh).
//
//   standing by --take--> holding --offer--> offered --give back--> standing by
//                            ^-------- take --------'
//   any of them --shut--> shut --stand by--> standing by
//
// `take`: the epoch becomes odd first, so that a worker which still moves sends nothing any more, then the ways past
// the data plane are opened. `offer`: the ways that the data plane's ports would see twice (AF_PACKET) are closed, then
// the epoch becomes even; the workers throw away what they find in their queues, and claim it. `give back`, when all
// have: the other ways are closed, and nothing was lost in between. `shut`, by order: no way stays, not even one that
// the data plane hides; `stand by` makes those again.
#pragma once

#include <cstdint>

#include "dataplane/exchange/guard_page.hh"
#include "dataplane/guard/health.hh"

namespace sluice {

class Custody {
 public:
  enum class Step : std::uint8_t {
    none,
    take,
    hold,  // as `take`, anew: another data plane has begun, whose ports are open
    bury,  // its process has ended: its sockets are closed, and the next one wants to find its XDP programs
    offer,
    give_back,
    shut,
    stand_by,
  };

  // `epoch`: as an earlier guard left it; odd: it held the wire.
  explicit Custody(std::uint64_t epoch) noexcept : state_(epoch % 2 == 0 ? State::standing_by : State::holding) {}

  // `epoch`: before the step.
  [[nodiscard]] Step next(const Health& health, const Sight& sight, std::uint64_t epoch,
                          BypassOrder order = BypassOrder::automatic) noexcept;
  // The ways past the data plane are open, or some of them.
  [[nodiscard]] bool holds() const noexcept { return state_ == State::holding || state_ == State::offered; }
  // All of them are.
  [[nodiscard]] bool is_holding() const noexcept { return state_ == State::holding; }

 private:
  enum class State : std::uint8_t { standing_by, holding, offered, shut };
  State state_;
  std::uint64_t instance_ = 0;
  bool lived_ = false;
};

}  // namespace sluice
