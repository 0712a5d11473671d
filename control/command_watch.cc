#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <iostream>
#include <memory>
#include <thread>

#include "config/configuration.hh"
#include "control/command.hh"
#include "control/eve.hh"
#include "control/eve_file.hh"
#include "control/findings.hh"
#include "control/rule_files.hh"
#include "control/shared_memory_reader.hh"
#include "control/terminal.hh"

namespace sluice {
namespace {

struct Arguments {
  std::string config_path;
  std::string eve_path;
};

constexpr auto look_interval = std::chrono::milliseconds{20};
constexpr auto stats_interval = std::chrono::seconds{8};  // Suricata's own default
constexpr auto attach_patience = std::chrono::seconds{5};
// A tap without an id of its own in the configuration.
constexpr const char* no_tap_id = "00000000-0000-0000-0000-000000000000";

volatile std::sig_atomic_t stop_wanted = 0;
void want_stop(int) { stop_wanted = 1; }

Tick wall_time() {
  return Tick{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
}

// The data plane may still be on its way up.
tl::expected<std::unique_ptr<SharedMemoryReader>, std::string> attach(const std::string& path) {
  const auto deadline = std::chrono::steady_clock::now() + attach_patience;
  for (;;) {
    auto memory = SharedMemoryReader::attach(path);
    if (memory || stop_wanted != 0 || std::chrono::steady_clock::now() > deadline) return memory;
    std::this_thread::sleep_for(look_interval);
  }
}

Exit run_watch(const Arguments& arguments) {
  const auto settings = config::load(arguments.config_path);
  if (!settings) {
    for (const auto& error : settings.error()) fmt::print(stderr, "{}\n", config::text(error));
    return Exit::usage;
  }
  const auto rules = load_rule_files(settings->rules->indicators);
  if (!rules) {
    fmt::print(stderr, "{}\n", rules.error());
    return Exit::usage;
  }
  EveFile eve;
  if (!arguments.eve_path.empty() && !eve.open(arguments.eve_path)) {
    fmt::print(stderr, "sluice: {}: {}\n", arguments.eve_path, std::strerror(errno));
    return Exit::failed;
  }
  std::signal(SIGINT, want_stop);
  std::signal(SIGTERM, want_stop);
  const auto memory = attach(settings->events->shared_memory);
  if (!memory) {
    fmt::print(stderr, "sluice: {}\n", memory.error());
    return Exit::failed;
  }

  EveContext context;
  context.tap_id = settings->site->tap_id.empty() ? no_tap_id : settings->site->tap_id;
  context.site = settings->site->name;
  context.ruleset_digest = rules->digest;
  context.clock_state = ClockState::held;
  context.rules = &rules->book;
  const EveWriter writer{context};
  FindingsTable findings{&rules->book};
  const bool to_output = arguments.eve_path == "-";

  auto next_stats = std::chrono::steady_clock::now() + stats_interval;
  while (stop_wanted == 0) {
    while (const auto record = (*memory)->next()) {
      const auto event = Event::parse(record->bytes);
      if (!event) continue;
      findings.consume(*event);
      if (eve.is_open()) eve.write(writer.line(*event));
      if (event->header().type == EventType::alert && !to_output)
        std::cout << findings.finding_line(*event) << std::endl;
    }
    if (std::chrono::steady_clock::now() >= next_stats) {
      next_stats += stats_interval;
      if (eve.is_open()) eve.write(writer.stats_line((*memory)->statistics(), wall_time()));
      if (!eve.flush()) {
        fmt::print(stderr, "sluice: {}: {}\n", arguments.eve_path, std::strerror(errno));
        return Exit::failed;
      }
      if ((*memory)->is_stale()) break;
    }
    std::this_thread::sleep_for(look_interval);
  }

  const auto statistics = (*memory)->statistics();
  if (eve.is_open()) eve.write(writer.stats_line(statistics, wall_time()));
  if (!to_output) {
    std::cout << '\n';
    findings.print(std::cout, statistics, terminal_width());
    findings.print_uninspected(std::cout, statistics, terminal_width());
  }
  return eve.flush() ? Exit::ok : Exit::failed;
}

}  // namespace

void add_watch_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("watch", "Follow a running tap: a line for each finding as it comes");
  command->footer(
      "Reads the events of the data plane that runs with the same configuration. SIGINT ends it with a table of all\n"
      "findings and of what could not be seen. One reader at a time: events are taken, not copied.\n"
      "Exit status: 0 ended as asked or because the data plane ended, 1 no data plane or no room for EVE, 2 errors in\n"
      "the configuration or a list.");
  command->add_option("--config", arguments->config_path, "The configuration of the data plane")
      ->required()
      ->type_name("FILE");
  command->add_option("--eve", arguments->eve_path, "Write every event as EVE JSON; - for standard output")
      ->type_name("OUT.json");
  command->callback([arguments, &run] { run = [arguments] { return run_watch(*arguments); }; });
}

}  // namespace sluice
