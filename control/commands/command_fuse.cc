#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "control/api/control_client.hh"
#include "control/commands/command.hh"
#include "control/commands/query_command.hh"
#include "control/text/table.hh"
#include "control/text/terminal.hh"
#include "dataplane/exchange/hold_file.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  ControlAddress control;
  std::vector<std::string> rules;
  bool all = false;
};

void print(const Json& rollout) {
  if (rollout.at("held").empty()) {
    std::cout << "No rule is held.\n";
    return;
  }
  Table table{
      {{"Rule", 16}, {"Cause", 5}, {"Since", 10}, {"Blocks", 6, true}, {"Flows", 5, true}, {"Devices", 7, true}}};
  for (const auto& rule : rollout["held"])
    table.add({text_at(rule, "rule"), text_at(rule, "cause"), text_at(rule, "since"), text_at(rule, "blocks"),
               text_at(rule, "flows"), text_at(rule, "devices")});
  table.print(std::cout, terminal_width());
}

Exit run_reset(const Arguments& arguments) {
  if (arguments.all != arguments.rules.empty()) {
    fmt::print(stderr, "sluice: name the rules to reset (`sluice fuse list` has them), or give --all\n");
    return Exit::usage;
  }
  std::string parameters;
  for (const auto& rule : arguments.rules) {
    if (!is_held_rule(rule)) {
      fmt::print(stderr, "sluice: \"{}\" is no id of a rule such as local/1000001\n", rule);
      return Exit::usage;
    }
    parameters += (parameters.empty() ? "?rule=" : "&rule=") + rule;
  }
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  const auto answer = ControlClient{*socket}.post("/v1/fuse/reset" + parameters, "", "");
  if (!answer) {
    fmt::print(stderr, "sluice: {}\n", answer.error());
    return Exit::failed;
  }
  fmt::print("{} rules that were held block again\n", Json::parse(*answer).at("released").get<std::uint64_t>());
  return Exit::ok;
}

void add_reset(CLI::App& fuse, Run& run) {
  constexpr int rules_at_once = 64;
  auto arguments = std::make_shared<Arguments>();
  auto* command = fuse.add_subcommand("reset", "Let rules block again that the fuse holds");
  command->footer("Such a rule is not held again while it stays as it is. Exit status 1 where one is not held.");
  command->add_option("rules", arguments->rules, "Ids of rules, LIST/ID")
      ->type_name("RULE")
      ->expected(0, rules_at_once);
  command->add_flag("--all", arguments->all, "All that the fuse holds");
  arguments->control.add_options(*command);
  command->callback([arguments, &run] { run = [arguments] { return run_reset(*arguments); }; });
}

}  // namespace

void add_fuse_command(CLI::App& program, Run& run) {
  auto* fuse = program.add_subcommand("fuse", "New rules that blocked too much, and are held");
  fuse->require_subcommand(1);
  fuse->footer(
      "A rule that is new, or changed, and blocks more flows or devices than fuse.flows and fuse.devices allow within\n"
      "fuse.first_ms is held: it raises alarms, and blocks nothing. It stays held until it is reset, or another push\n"
      "changes it.");
  add_query_command(*fuse, run,
                    {"list", "List the rules that are held, by the fuse or for a trial",
                     "Counted is what a rule had blocked when it was held.\n"
                     "Exit status: 0 done, 1 sluice-control does not answer, 2 errors in the configuration.",
                     "/v1/rollout", print, [](const Json&) { return Exit::ok; }});
  add_reset(*fuse, run);
}

}  // namespace sluice
