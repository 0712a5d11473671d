#include "dataplane/wire/tap.hh"

#include <rte_launch.h>
#include <rte_lcore.h>
#include <sys/random.h>

#include <cstdio>
#include <cstring>

#include "dataplane/wire/privileges.hh"
#include "dataplane/wire/settings.hh"
#include "dataplane/wire/system_call_filter.hh"

namespace sluice {
namespace {

// For each port queue: the rings of both directions full, a burst under way, and what the drivers keep aside.
constexpr std::uint32_t buffers_per_queue = 8192;
constexpr std::uint32_t no_generation = 0;  // what forwards until the first rules are loaded
constexpr auto guard_look_interval = std::chrono::seconds{1};

Tick wall_time() {
  return Tick{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
}

std::uint64_t random_secret() {
  std::uint64_t secret = 0;
  if (::getrandom(&secret, sizeof secret, 0) != sizeof secret)
    secret = static_cast<std::uint64_t>(nanoseconds_since_epoch(wall_time()));  // better than none
  return secret;
}

}  // namespace

tl::expected<std::unique_ptr<Tap>, std::string> Tap::start(const config::ConfigurationT& configuration) {
  auto eal = Eal::start(eal_options(configuration));
  if (!eal) return tl::unexpected(eal.error());
  const auto wanted = port_options(configuration);
  std::uint32_t queues = 0;
  for (const auto& port : wanted) queues += port.queues;
  auto pool = PacketPool::create(queues * buffers_per_queue, frame_bytes(configuration));
  if (!pool) return tl::unexpected(pool.error());
  std::vector<Port> ports;
  for (const auto& options : wanted) {
    auto port = Port::open(options, static_cast<std::uint32_t>(ports.size()));
    if (!port) return tl::unexpected(port.error());
    ports.push_back(std::move(*port));
  }
  // The wire is dead from here on until the workers run, or a guard sees the memory below: so close together.
  for (std::size_t i = 0; i < ports.size(); ++i)
    if (const auto started = ports[i].start(wanted[i], *pool); !started) return tl::unexpected(started.error());
  // What makes files from here on does it with the rights of its user alone, as what removes them at the end will.
  if (const auto reduced = reduce_privileges(); !reduced) return tl::unexpected(reduced.error());
  auto memory = SharedMemory::create(configuration.events->shared_memory, configuration.workers,
                                     configuration.events->ring_bytes);
  if (!memory) return tl::unexpected(memory.error());
  auto none = make_generation({}, {}, no_generation, configuration.workers);
  if (!none) return tl::unexpected(none.error());

  const auto stall_timeout = std::chrono::milliseconds{configuration.watchdog->stall_timeout_ms};
  std::unique_ptr<Tap> tap{new Tap{std::move(*eal), std::move(*pool), std::move(ports), std::move(*memory),
                                   std::make_unique<GenerationSwitch>(configuration.workers, std::move(*none)),
                                   stall_timeout, configuration.guard->file}};
  if (const auto launched = tap->launch(configuration); !launched) return tl::unexpected(launched.error());
  return tap;
}

tl::expected<void, std::string> Tap::launch(const config::ConfigurationT& configuration) {
  look_for_guard(wall_time());  // before a worker moves a packet
  auto& header = memory_.layout().header();
  header.ports = static_cast<std::uint32_t>(ports_.size());
  for (std::size_t i = 0; i < ports_.size(); ++i)
    (void)ports_[i].name().copy(header.port_names[i], sizeof header.port_names[i] - 1);

  // Before the workers run: those of DPDK that wait for them, like all others, get the same.
  if (const auto entered = enter_process_filter(FilteredProgram::data_plane); !entered)
    std::fprintf(stderr, "sluice-dataplane: runs without a filter of system calls (seccomp): %s\n",
                 entered.error().c_str());
  for (std::size_t pair = 0; pair < configuration.port_pairs.size(); ++pair)
    if (const auto& written = configuration.port_pairs[pair]; written.link_loss_forwarding)
      links_.add(pair, std::chrono::milliseconds{written.link_hold_ms}, LinkWatch::Clock::now());
  if (configuration.events->captures) captures_ = std::make_unique<CaptureTap>(configuration.workers);
  const auto options = pipeline_options(configuration, random_secret());
  const auto owners = flow_owners(configuration);
  unsigned lcore = rte_get_next_lcore(-1, 1, 0);
  for (std::uint16_t number = 0; number < configuration.workers; ++number) {
    // A worker serves one queue of every pair that has one for it.
    std::vector<WorkerPair> pairs;
    for (std::size_t pair = 0; pair < configuration.port_pairs.size(); ++pair) {
      if (number >= configuration.port_pairs[pair].queues) continue;
      const auto inside = static_cast<std::uint32_t>(2 * pair);
      pairs.push_back(
          {{ports_[inside].id(), number, inside}, {ports_[inside + 1].id(), number, inside + 1}, owners[pair]});
    }
    auto& page = memory_.layout().worker(number);
    auto running = std::make_unique<Running>();
    running->worker = std::make_unique<Worker>(options, *generations_, number, std::move(pairs), memory_.sink(number),
                                               page, *pool_.get(), wire_, load_limits(configuration), captures_.get());
    running->stop = &stop_;
    running->life = &page.life;
    running->lcore = lcore;
    running->progress = wall_time();
    if (const int error = rte_eal_remote_launch(run_worker, running.get(), lcore); error != 0)
      return tl::unexpected("worker " + std::to_string(number) + " does not start on lcore " + std::to_string(lcore));
    running_.push_back(std::move(running));
    lcore = rte_get_next_lcore(lcore, 1, 0);
  }
  shown_.since_ns = nanoseconds_since_epoch(wall_time());
  publish(header, shown_);
  memory_.publish();
  return {};
}

int Tap::run_worker(void* running) noexcept {
  auto& self = *static_cast<Running*>(running);
  self.death_mark.watch_over_this_thread(*self.life);
  if (const auto entered = enter_worker_filter(); !entered)
    std::fprintf(stderr, "sluice-dataplane: a worker runs without a filter of system calls (seccomp): %s\n",
                 entered.error().c_str());
  self.worker->run(*self.stop);
  return 0;
}

// It may come after us. Its page stays where it is when it goes.
void Tap::look_for_guard(Tick now) {
  if (guard_ || now - guard_looked_for_ < guard_look_interval) return;
  guard_looked_for_ = now;
  if (auto found = GuardFile::find(guard_path_)) wire_.follow(guard_.emplace(std::move(*found)).page());
}

void Tap::look(TapCondition& condition, Tick now) {
  look_for_guard(now);
  for (std::uint32_t i = 0; i < running_.size(); ++i) look(i, condition, now);
  auto& header = memory_.layout().header();
  links_.look(ports_, header, LinkWatch::Clock::now());
  header.turns.fetch_add(1, std::memory_order_relaxed);
  header.held = pool_.in_use();
  header.refused_calls = refused_system_calls();
}

void Tap::look(std::uint32_t number, TapCondition& condition, Tick now) {
  auto& running = *running_[number];
  const auto& page = memory_.layout().worker(number);
  const auto heartbeat = page.heartbeat.load();
  const bool moved = heartbeat != running.heartbeat;
  if (moved) running.progress = now;
  running.heartbeat = heartbeat;
  const bool hangs = !moved && now - running.progress > stall_timeout_;
  if (hangs != running.stalled)
    std::fprintf(stderr, "sluice-dataplane: worker %u %s\n", number, hangs ? "has stopped moving" : "moves again");
  running.stalled = hangs;
  if (hangs && !condition.hung_worker) condition.hung_worker = number;

  const auto clock = WorkerWatch::Clock::now();
  if (const auto reading = read(page)) running.watch.look(*reading, memory_.layout().header().ports, clock);
  const auto note = [&](std::string& noted, const std::string& wrong) {
    if (noted.empty() && !wrong.empty()) noted = "worker " + std::to_string(number) + ": " + wrong;
  };
  note(condition.unanswered, running.watch.unanswered(clock));
  note(condition.unaccounted, running.watch.unaccounted(memory_.layout().header(), clock));
  note(condition.lapsed, running.watch.lapsed(clock));
}

void Tap::show(const TapVerdict& verdict, const RulesShown& rules, Tick now) {
  StateReading next;
  next.state = verdict.state;
  (void)verdict.reason.copy(next.reason, sizeof next.reason - 1);
  (void)rules.digest.copy(next.ruleset_digest, sizeof next.ruleset_digest - 1);
  // While workers are still on their way to the newest one, the one that all of them have left behind is over.
  next.generation = generations_->live().number();
  next.rules_expire_ns = rules.expires_ns;
  next.swaps = rules.swaps;
  next.suspended_rules = rules.suspended;
  next.suspensions_cycles = rules.suspensions_cycles;
  next.suspensions_limits = rules.suspensions_limits;
  const bool same_state = next.state == shown_.state && std::strcmp(next.reason, shown_.reason) == 0;
  next.since_ns = same_state ? shown_.since_ns : nanoseconds_since_epoch(now);
  if (!same_state)
    std::fprintf(stderr, "sluice-dataplane: %s%s%s\n", std::string{name_of(next.state)}.c_str(),
                 verdict.reason.empty() ? "" : ": ", verdict.reason.c_str());
  const bool same = same_state && next.generation == shown_.generation && next.swaps == shown_.swaps &&
                    next.rules_expire_ns == shown_.rules_expire_ns && next.suspended_rules == shown_.suspended_rules &&
                    next.suspensions_cycles == shown_.suspensions_cycles &&
                    next.suspensions_limits == shown_.suspensions_limits &&
                    std::strcmp(next.ruleset_digest, shown_.ruleset_digest) == 0;
  if (same) return;
  shown_ = next;
  publish(memory_.layout().header(), shown_);
}

Tap::~Tap() {
  stop_ = true;
  for (const auto& running : running_) rte_eal_wait_lcore(running->lcore);
  shown_.state = TapState::stopped;
  shown_.since_ns = nanoseconds_since_epoch(wall_time());
  publish(memory_.layout().header(), shown_);
}

}  // namespace sluice
