// Passes the loss of a link on, for the pairs that are to (port_pairs[].link_loss_forwarding): what is behind one side
// sees then that the other one is gone. The main core's; no worker looks at links.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "dataplane/exchange/shared_memory.hh"
#include "dataplane/wire/link_pair.hh"
#include "dataplane/wire/port.hh"

namespace sluice {

class LinkWatch {
 public:
  using Clock = LinkPair::Clock;
  static constexpr auto look_interval = std::chrono::milliseconds{20};

  // The ports of pair `number` are those at 2 * number and behind it.
  void add(std::size_t number, std::chrono::milliseconds hold, Clock::time_point now);
  [[nodiscard]] bool empty() const noexcept { return pairs_.empty(); }
  // Every look_interval at most; shows in the header what it saw. What changes is said on standard error.
  void look(const std::vector<Port>& ports, SharedHeader& header, Clock::time_point now);

 private:
  struct Watched {
    std::size_t number = 0;
    LinkPair pair;
    Clock::time_point next_order{};  // after one that failed
  };
  static void look(Watched& watched, const std::vector<Port>& ports, SharedHeader& header, Clock::time_point now);

  std::vector<Watched> pairs_;
  Clock::time_point next_look_{};
};

}  // namespace sluice
