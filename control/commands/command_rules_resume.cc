#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "control/api/control_client.hh"
#include "control/commands/command.hh"
#include "dataplane/exchange/command.hh"

namespace sluice {
namespace {

struct Arguments {
  ControlAddress control;
  std::vector<std::string> rules;
  bool all = false;
};

// As a parameter of a URL: ids of rules are letters, digits, '.', '_', '-' and one '/'.
bool is_plain(const std::string& rule) {
  return rule.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") ==
         std::string::npos;
}

Exit run_resume(const Arguments& arguments) {
  if (arguments.all != arguments.rules.empty()) {
    fmt::print(stderr, "sluice: name the rules to resume (`sluice rules cost` lists them), or give --all\n");
    return Exit::usage;
  }
  std::string parameters;
  for (const auto& rule : arguments.rules) {
    if (!is_plain(rule)) {
      fmt::print(stderr, "sluice: \"{}\" is no id of a rule such as local/1000001\n", rule);
      return Exit::usage;
    }
    parameters += (parameters.empty() ? "?rule=" : "&rule=") + rule;
  }
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  const auto answer = ControlClient{*socket}.post("/v1/rules/resume" + parameters, "", "");
  if (!answer) {
    fmt::print(stderr, "sluice: {}\n", answer.error());
    return Exit::failed;
  }
  fmt::print("{} rules that were suspended are tried again\n",
             nlohmann::json::parse(*answer).at("resumed").get<std::uint64_t>());
  return Exit::ok;
}

}  // namespace

void add_rules_resume_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = rules.add_subcommand("resume", "Take rules into use again that were suspended for their cost");
  command->footer("A rule that still costs too much is suspended again. Exit status 1 where one is no live signature.");
  command->add_option("rules", arguments->rules, "Ids of rules, LIST/SID")
      ->type_name("RULE")
      ->expected(0, static_cast<int>(resumed_rules_limit));
  command->add_flag("--all", arguments->all, "All that are suspended");
  arguments->control.add_options(*command);
  command->callback([arguments, &run] { run = [arguments] { return run_resume(*arguments); }; });
}

}  // namespace sluice
