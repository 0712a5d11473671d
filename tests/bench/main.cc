// The bench: workers with more and more to do, the same packets for each, in turns on one CPU. See README.md.
#include <rte_launch.h>
#include <rte_lcore.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <bit>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "dataplane/wire/eal.hh"
#include "dataplane/wire/port.hh"
#include "tests/bench/checks.hh"
#include "tests/bench/names.hh"
#include "tests/bench/report.hh"

using namespace sluice;
using namespace sluice::bench;

namespace {

struct Options {
  std::vector<std::string> rows;
  double seconds = 60;
  std::uint32_t flows = 65'536;
  std::uint32_t domains = 100'000;
  std::uint64_t seed = 1;
  std::string json;
};

template <class Value>
Value or_throw(tl::expected<Value, std::string> result) {
  if (!result) throw std::runtime_error(result.error());
  return std::move(*result);
}

std::vector<const RowKind*> chosen(const std::vector<std::string>& names) {
  std::vector<const RowKind*> kinds;
  for (const auto& kind : row_kinds)
    if (names.empty() || std::find(names.begin(), names.end(), kind.name) != names.end()) kinds.push_back(&kind);
  return kinds;
}

// Long enough that a turn is about the row and not about the row before it; with many flows a lap takes longer than
// that, but what they need is in no cache then anyway.
Turn turn_of(std::uint32_t flows) {
  const auto run_in = std::min<std::uint64_t>(2 * std::uint64_t{flows}, 131'072);
  return {std::uint64_t{flows} * Mix::handshake_steps * 2, run_in, 2 * run_in};
}

int run_row(void* row) noexcept {
  static_cast<Row*>(row)->run();
  return 0;
}

int run(const Options& options) {
  const auto kinds = chosen(options.rows);
  const auto cpus = allowed_cpus();
  const auto workers = static_cast<std::uint32_t>(kinds.size());
  EalOptions eal_options;
  eal_options.workers = workers;
  eal_options.memory_mib = 128;
  // Main waits; the rows share the last CPU: the first one is where interrupts are at home.
  eal_options.cpus.assign(workers + 1, cpus.back());
  eal_options.cpus.front() = cpus.front();
  const bool huge_pages = free_huge_pages_mib() >= eal_options.memory_mib;
  eal_options.huge_pages = huge_pages ? HugePages::on : HugePages::off;
  const auto eal = or_throw(Eal::start(eal_options));
  const auto pool = or_throw(PacketPool::create(workers * buffers_of_a_row, longest_frame));

  Run result;
  result.machine = this_machine(cpus.back(), huge_pages);
  result.flows = std::bit_ceil(options.flows);
  result.domains = options.domains;
  result.seed = options.seed;
  result.turn = turn_of(result.flows);
  const Messages messages{phone_names(options.domains), options.seed};
  Rounds rounds{workers, std::chrono::duration<double>{options.seconds}};
  std::vector<std::unique_ptr<Row>> rows;
  for (const auto* kind : kinds) {
    rows.push_back(std::make_unique<Row>(*kind, static_cast<std::uint32_t>(rows.size()),
                                         or_throw(make_rules(kind->rules, options.domains)), result.flows, options.seed,
                                         messages, pool.get(), result.turn, rounds));
  }
  const TscClock clock;
  unsigned lcore = rte_get_next_lcore(-1, 1, 0);
  for (const auto& row : rows) {
    if (rte_eal_remote_launch(run_row, row.get(), lcore) != 0)
      throw std::runtime_error("a row's thread does not start");
    lcore = rte_get_next_lcore(lcore, 1, 0);
  }
  // DPDK's own way to wait is to spin, which would keep a second CPU busy.
  unsigned worker = 0;
  RTE_LCORE_FOREACH_WORKER(worker) {
    while (rte_eal_get_lcore_state(worker) == RUNNING) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  rte_eal_mp_wait_lcore();
  result.tsc_hertz = clock.hertz();
  result.rounds = rounds.count();
  result.resident_mib = resident_mib();
  result.faults = faults(rows);

  std::fputs(table(result, rows).c_str(), stdout);
  if (!options.json.empty()) {
    std::ofstream file{options.json};
    file << json(result, rows);
    if (!file.flush()) throw std::runtime_error("cannot write " + options.json);
  }
  return result.faults.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Measures what each part of the packet path costs. tests/bench/README.md says how to read it."};
  app.name("bench");
  std::vector<std::string> names;
  for (const auto& kind : row_kinds) names.emplace_back(kind.name);
  app.add_option("rows", options.rows, "rows to run; none named = all")->check(CLI::IsMember(names))->type_name("ROW");
  app.add_option("--seconds", options.seconds, "for all rows together, after the warm-up")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 86400.0));
  app.add_option("--flows", options.flows, "at a time, rounded up to a power of two")
      ->capture_default_str()
      ->check(CLI::Range(4096, 1 << 22));
  app.add_option("--domains", options.domains,
                 "rows of the long list, besides those that ship; row large has 10 times that")
      ->capture_default_str()
      ->check(CLI::Range(1000, 1'000'000));
  app.add_option("--seed", options.seed, "of the traffic")->capture_default_str();
  app.add_option("--json", options.json, "write the figures to this file too")->type_name("OUT");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench: %s\n", error.what());
    return 1;
  }
}
