// The outsides of tunnels as flows, where all is recorded: who is at their ends, and how much went through. What they
// carry has flows of its own, which are read; these are counted alone.
#pragma once

#include <cstdint>

#include "dataplane/flow/expiry.hh"
#include "dataplane/flow/flow_table.hh"

namespace sluice {

// At a time; beyond, the one that came first ends, and begins anew with its next packet.
constexpr std::uint32_t outside_flows_limit = 1024;

class OutsideFlows {
 public:
  OutsideFlows(std::uint32_t limit, const Timeouts& timeouts, std::uint64_t secret)
      : table_(limit, secret), expiry_(table_.capacity(), timeouts) {}
  void make_resident() noexcept { table_.make_resident(); }

  // Of the outermost IP header of a packet that has more than one. `inside`: of that header. `ended` is called with
  // each flow that ends for it, and why.
  template <class Ended>
  void count(const Packet& packet, Inside inside, Ended ended) noexcept {
    const auto key = key_of(packet);
    const auto hash = table_.hash(key);
    auto* flow = table_.find(key, hash);
    if (flow != nullptr && expiry_.is_expired(*flow, packet.time)) {
      end(*flow, FlowEnd::timeout, ended);
      flow = nullptr;
    }
    if (flow == nullptr) {
      flow = table_.insert(key, hash);
      if (flow == nullptr) {
        if (auto* oldest = expiry_.oldest(table_, ExpiryClass::datagram)) end(*oldest, FlowEnd::evicted, ended);
        flow = table_.insert(key, hash);
      }
      if (flow == nullptr) return;  // another one's place; the next packet tries again
      begin(*flow, packet, inside);
    }
    add(*flow, packet);
  }

  // Looks at up to `budget` flows, and lowers it by those.
  template <class Ended>
  void expire(Tick now, std::uint32_t& budget, Ended ended) noexcept {
    while (auto* flow = expiry_.next_expired(table_, now, budget)) end(*flow, FlowEnd::timeout, ended);
  }
  // Ends all of them.
  template <class Ended>
  void finish(Tick now, Ended ended) noexcept {
    while (auto* flow = expiry_.oldest(table_, ExpiryClass::datagram))
      end(*flow, expiry_.is_expired(*flow, now) ? FlowEnd::timeout : FlowEnd::shutdown, ended);
  }

 private:
  [[nodiscard]] static FlowKey key_of(const Packet& packet) noexcept;
  void begin(Flow& flow, const Packet& packet, Inside inside) noexcept;
  static void add(Flow& flow, const Packet& packet) noexcept;

  template <class Ended>
  void end(Flow& flow, FlowEnd reason, Ended ended) noexcept {
    ended(flow, reason);
    expiry_.remove(table_, flow);
    table_.erase(flow);
  }

  FlowTable table_;
  Expiry expiry_;
};

}  // namespace sluice
