#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "control/api/control_client.hh"
#include "control/commands/command.hh"
#include "control/text/safe_text.hh"

namespace sluice {
namespace {

struct Arguments {
  ControlAddress control;
  bool dry_run = false;
};

Exit run_rollback(const Arguments& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  const auto answer = ControlClient{*socket}.post(fmt::format("/v1/rollback?dry_run={}", arguments.dry_run), "", "");
  if (!answer) {
    fmt::print(stderr, "sluice: {}\n", answer.error());
    return Exit::failed;
  }
  const auto done = nlohmann::json::parse(*answer);
  std::string packs;
  for (const auto& pack : done.at("packs"))
    packs += fmt::format("{}{} {}", packs.empty() ? "" : ", ", shown_text(pack.at("name").get<std::string>()),
                         pack.at("sequence").dump());
  const auto digest = shown_text(done.at("ruleset_digest").get<std::string>());
  if (packs.empty()) packs = "no pack";
  if (arguments.dry_run)
    fmt::print("Nothing was changed; these would be live: {}; ruleset {}\n", packs, digest);
  else
    fmt::print("Live again: {}; generation {}, ruleset {}\n", packs, done.at("generation").dump(), digest);
  if (done.contains("warning"))
    fmt::print(stderr, "sluice: warning: {}\n", shown_text(done["warning"].get<std::string>()));
  return Exit::ok;
}

}  // namespace

void add_rollback_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("rollback", "Go back to the packs that were live before the last push");
  command->footer(
      "Given again, it goes one push further back; 16 sets of packs are kept. The site's own lists stay as they are.\n"
      "Exit status: 0 live (or possible, with --dry-run), 1 refused, or no answer; the reason is on standard error,\n"
      "2 errors in the configuration.");
  command->add_flag("--dry-run", arguments->dry_run, "Check everything and change nothing");
  arguments->control.add_options(*command);
  command->callback([arguments, &run] { run = [arguments] { return run_rollback(*arguments); }; });
}

}  // namespace sluice
