// The running tap: ports, workers on their cores, and the main core that watches over them.
#pragma once

#include <atomic>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "config/configuration.hh"
#include "dataplane/eal.hh"
#include "dataplane/port.hh"
#include "dataplane/ruleset.hh"
#include "dataplane/shared_memory.hh"
#include "dataplane/worker.hh"

namespace sluice {

class Tap {
 public:
  // Ports up, workers forwarding. `ruleset` must outlive the tap.
  [[nodiscard]] static tl::expected<std::unique_ptr<Tap>, std::string> start(
      const config::ConfigurationT& configuration, const Ruleset& ruleset);
  ~Tap();  // workers end, ports stop, interfaces get their settings back
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  // The main core's part, until `stop` is set: watches the workers' heartbeat, counts what is held.
  void watch(const volatile std::sig_atomic_t& stop);

 private:
  Tap(Eal eal, PacketPool pool, std::vector<Port> ports, SharedMemory memory, Duration stall_timeout)
      : eal_(std::move(eal)),
        pool_(std::move(pool)),
        ports_(std::move(ports)),
        memory_(std::move(memory)),
        stall_timeout_(stall_timeout) {}

  [[nodiscard]] tl::expected<void, std::string> launch(const config::ConfigurationT& configuration,
                                                       const Ruleset& ruleset);
  static int run_worker(void* worker) noexcept;

  struct Running {
    std::unique_ptr<Worker> worker;
    const std::atomic<bool>* stop = nullptr;
    unsigned lcore = 0;
    std::uint64_t heartbeat = 0;  // as last seen
    Tick progress{};              // when that changed
    bool stalled = false;
  };

  // Torn down from the last to the first.
  Eal eal_;
  PacketPool pool_;
  std::vector<Port> ports_;
  SharedMemory memory_;
  Duration stall_timeout_;
  std::atomic<bool> stop_{false};  // main: wo, workers: ro
  std::vector<std::unique_ptr<Running>> running_;
};

}  // namespace sluice
