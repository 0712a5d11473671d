#include "dataplane/wire/link_watch.hh"

#include <cstdio>
#include <string>

namespace sluice {
namespace {

constexpr auto order_retry = std::chrono::seconds{1};

void say(const Port& port, const std::string& what) {
  std::fprintf(stderr, "sluice-dataplane: port %s: %s\n", port.name().c_str(), what.c_str());
}

}  // namespace

void LinkWatch::add(std::size_t number, std::chrono::milliseconds hold, Clock::time_point now) {
  pairs_.push_back({number, LinkPair{hold, now}, {}});
}

void LinkWatch::look(const std::vector<Port>& ports, SharedHeader& header, Clock::time_point now) {
  if (pairs_.empty() || now < next_look_) return;
  next_look_ = now + look_interval;
  for (auto& watched : pairs_) look(watched, ports, header, now);
}

void LinkWatch::look(Watched& watched, const std::vector<Port>& ports, SharedHeader& header, Clock::time_point now) {
  const auto first = 2 * watched.number;
  auto& pair = watched.pair;
  const std::array losses{pair.losses(0), pair.losses(1)};
  const auto order = pair.look({ports[first].has_link(), ports[first + 1].has_link()}, now);
  for (std::uint8_t side = 0; side < 2; ++side)
    if (pair.losses(side) != losses[side]) say(ports[first + side], "its link is lost");
  if (order && now >= watched.next_order) {
    const auto& port = ports[first + order->side];
    if (const auto set = port.set_link(order->up); set) {
      pair.done(*order, now);
      say(port, order->up ? "set up again, since the other side's link is back"
                          : "taken down, since the other side's link is lost");
    } else {
      watched.next_order = now + order_retry;
      say(port, set.error());
    }
  }
  for (std::uint8_t side = 0; side < 2; ++side) {
    auto& link = header.links[first + side];
    link.state.store(pair.state(side), std::memory_order_relaxed);
    link.losses.store(pair.losses(side), std::memory_order_relaxed);
  }
}

}  // namespace sluice
