// The guard at work: looks at the data plane, sixteen times in the time in which one must be found hung, and does what
// the custody of the wire asks for.
#pragma once

#include <csignal>
#include <string>

#include "config/configuration.hh"
#include "dataplane/exchange/guard_page.hh"
#include "dataplane/guard/custody.hh"
#include "dataplane/guard/health.hh"
#include "dataplane/guard/netlink.hh"
#include "dataplane/guard/orders.hh"
#include "dataplane/guard/relay.hh"
#include "dataplane/guard/sight.hh"
#include "dataplane/guard/wire.hh"

namespace sluice {

class Guard {
 public:
  // `changes`: a socket that hears of the kernel's interfaces.
  Guard(const config::ConfigurationT& configuration, GuardFile file, Wires wires, Netlink changes, Orders orders);

  // Until `stop` is set. `signals`: blocked but while it waits. Takes no memory.
  void run(const volatile std::sig_atomic_t& stop, const sigset_t& signals) noexcept;
  // At the end: undoes what was made. The data plane, if one lives, has the wire.
  void leave() noexcept;

 private:
  void wait(const sigset_t& signals) noexcept;
  void obey() noexcept;
  void open_ways(bool lives) noexcept;
  void take(bool lives, Moment now) noexcept;
  void offer() noexcept;
  void give_back(Moment now) noexcept;
  void shut(Moment now) noexcept;
  void end_bypass_epoch() noexcept;
  void show(WireHolder holder) noexcept;

  GuardFile file_;
  GuardPage* page_;
  Wires wires_;
  Netlink changes_;
  Orders orders_;
  Relay relay_;
  SightOfDataPlane data_plane_;
  HealthWatch watch_;
  Custody custody_;
  std::chrono::nanoseconds interval_;
  Health health_;
};

}  // namespace sluice
