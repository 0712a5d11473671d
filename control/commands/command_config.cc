#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "config/configuration.hh"
#include "config/show.hh"
#include "control/commands/command.hh"

namespace sluice {
namespace {

Exit complain(const config::ConfigErrors& errors) {
  for (const auto& error : errors) fmt::print(stderr, "{}\n", config::text(error));
  return Exit::usage;
}

Exit run_check(const std::string& path) {
  const auto loaded = config::load(path, config::Use::wire);
  if (!loaded) return complain(loaded.error());
  fmt::print("{}: good\n", path);
  return Exit::ok;
}

Exit run_show(const std::string& path) {
  if (path.empty()) {
    std::cout << config::show(config::defaults());
    return Exit::ok;
  }
  const auto loaded = config::load(path);
  if (!loaded) return complain(loaded.error());
  std::cout << config::show(*loaded);
  return Exit::ok;
}

}  // namespace

void add_config_command(CLI::App& program, Run& run) {
  auto* command = program.add_subcommand("config", "Check a configuration, or show it with every option explained");
  command->require_subcommand(1);
  command->footer("Exit status: 0 good, 2 errors, all of them listed with line and column.");

  auto path = std::make_shared<std::string>();
  auto* check = command->add_subcommand("check", "Say all that is wrong with a configuration for a tap");
  check->add_option("file", *path, "Configuration (JSON with comments)")->required()->type_name("FILE");
  check->callback([path, &run] { run = [path] { return run_check(*path); }; });

  auto* show = command->add_subcommand("show", "Print every option in effect, with its unit, default and meaning");
  show->add_option("file", *path, "Configuration; without it, the defaults")->type_name("FILE");
  show->callback([path, &run] { run = [path] { return run_show(*path); }; });
}

}  // namespace sluice
