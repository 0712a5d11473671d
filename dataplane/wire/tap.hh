// The running tap: ports, workers on their cores, and what the main core needs to watch over them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "config/configuration.hh"
#include "dataplane/exchange/death_mark.hh"
#include "dataplane/exchange/guard_page.hh"
#include "dataplane/exchange/shared_memory.hh"
#include "dataplane/exchange/tap_state.hh"
#include "dataplane/exchange/worker_watch.hh"
#include "dataplane/generations/generation_switch.hh"
#include "dataplane/wire/eal.hh"
#include "dataplane/wire/link_watch.hh"
#include "dataplane/wire/port.hh"
#include "dataplane/wire/worker.hh"

namespace sluice {

class Tap {
 public:
  // Ports up, workers forwarding, with no rules yet.
  [[nodiscard]] static tl::expected<std::unique_ptr<Tap>, std::string> start(
      const config::ConfigurationT& configuration);
  ~Tap();  // workers end, ports stop, interfaces get their settings back
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  [[nodiscard]] GenerationSwitch& generations() noexcept { return *generations_; }

  // The main core, every now and then: looks at what the workers show, counts what is held, and says in the condition
  // what it thinks of them: of the first worker with which something is wrong.
  void look(TapCondition& condition, Tick now);
  // Copies of packets; null where nobody may ask for any (events.captures).
  [[nodiscard]] CaptureTap* captures() noexcept { return captures_.get(); }
  // Whether look() has to be called every LinkWatch::look_interval.
  [[nodiscard]] bool watches_links() const noexcept { return !links_.empty(); }
  // Shows the control plane the state, and since when it is that; says on standard error what changed.
  struct RulesShown {
    std::string digest;           // of the ruleset
    std::int64_t expires_ns = 0;  // RuleDesk::Expiry::at_ns
    std::uint64_t swaps = 0;
    std::uint32_t suspended = 0;
    std::uint64_t suspensions_cycles = 0;
    std::uint64_t suspensions_limits = 0;
  };
  void show(const TapVerdict& verdict, const RulesShown& rules, Tick now);
  [[nodiscard]] const StateReading& shown() const noexcept { return shown_; }

 private:
  Tap(Eal eal, PacketPool pool, std::vector<Port> ports, SharedMemory memory,
      std::unique_ptr<GenerationSwitch> generations, Duration stall_timeout, std::string guard_path)
      : eal_(std::move(eal)),
        pool_(std::move(pool)),
        ports_(std::move(ports)),
        memory_(std::move(memory)),
        generations_(std::move(generations)),
        stall_timeout_(stall_timeout),
        guard_path_(std::move(guard_path)) {}

  [[nodiscard]] tl::expected<void, std::string> launch(const config::ConfigurationT& configuration);
  static int run_worker(void* worker) noexcept;
  void look_for_guard(Tick now);

  struct Running {
    std::unique_ptr<Worker> worker;
    DeathMark death_mark;
    std::atomic<std::uint32_t>* life = nullptr;
    const std::atomic<bool>* stop = nullptr;
    unsigned lcore = 0;
    std::uint64_t heartbeat = 0;  // as last seen
    Tick progress{};              // when that changed
    bool stalled = false;
    WorkerWatch watch{WorkerWatch::Clock::now()};
  };
  void look(std::uint32_t number, TapCondition& condition, Tick now);

  // Torn down from the last to the first.
  Eal eal_;
  PacketPool pool_;
  std::vector<Port> ports_;
  LinkWatch links_;
  std::unique_ptr<CaptureTap> captures_;
  SharedMemory memory_;
  std::unique_ptr<GenerationSwitch> generations_;
  Duration stall_timeout_;
  std::string guard_path_;
  std::optional<GuardFile> guard_;  // once there is one
  Tick guard_looked_for_{};
  WireEpoch wire_;
  StateReading shown_;
  std::atomic<bool> stop_{false};  // main: wo, workers: ro
  std::vector<std::unique_ptr<Running>> running_;
};

}  // namespace sluice
