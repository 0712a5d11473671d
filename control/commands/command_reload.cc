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

std::string shown(const nlohmann::json& value) {
  const auto text = value.get<std::string>();
  return text.empty() ? "nothing" : shown_text(text);
}

// Whether one of them takes a restart.
bool print_changes(const nlohmann::json& done) {
  bool restart = false;
  for (const auto& change : done.at("changes")) {
    const bool takes_restart = change.at("apply") == "restart";
    restart = restart || takes_restart;
    fmt::print("{}: {} -> {}{}\n", shown_text(change.at("option").get<std::string>()), shown(change.at("before")),
               shown(change.at("after")), takes_restart ? " (takes a restart)" : "");
  }
  if (const auto unlisted = done.at("unlisted").get<std::uint64_t>(); unlisted > 0)
    fmt::print("and {} further changes\n", unlisted);
  return restart;
}

Exit run_reload(const Arguments& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  const auto answer = ControlClient{*socket}.post(fmt::format("/v1/reload?dry_run={}", arguments.dry_run), "", "");
  if (!answer) {
    fmt::print(stderr, "sluice: {}\n", answer.error());
    return Exit::failed;
  }
  const auto done = nlohmann::json::parse(*answer);
  const bool restart = print_changes(done);
  if (done.at("applied") == true) {
    fmt::print("Every worker goes by it; generation {}.\n", done.at("generation").dump());
    return Exit::ok;
  }
  if (done.at("changes").empty()) {
    fmt::print("Nothing has changed.\n");
    return Exit::ok;
  }
  fmt::print("{}\n", restart ? "Nothing was changed, and this would be refused: it takes a restart of the data plane."
                             : "Nothing was changed; it would be taken up while traffic flows.");
  return restart ? Exit::failed : Exit::ok;
}

}  // namespace

void add_reload_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("reload", "Have the running tap read its configuration again");
  command->footer(
      "The data plane reads the file that it was started with, and the lists, exceptions and keys that it names. Each\n"
      "change is listed; all of them are taken up while traffic flows, or none: options that take a restart\n"
      "(`sluice config show` says which) are refused. Packs stay as they are. Connections that were judged before "
      "keep\n"
      "their verdict, except that `monitor` lets everything pass from then on.\n"
      "Exit status: 0 every worker goes by it (or would, with --dry-run), 1 refused, or no answer; the reason is on\n"
      "standard error, 2 errors in the command line or in the configuration that names the socket.");
  command->add_flag("--dry-run", arguments->dry_run, "List the changes and change nothing");
  arguments->control.add_options(*command);
  command->callback([arguments, &run] { run = [arguments] { return run_reload(*arguments); }; });
}

}  // namespace sluice
