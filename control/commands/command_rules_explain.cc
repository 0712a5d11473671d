#include <fmt/format.h>

#include <memory>

#include "control/commands/command.hh"
#include "control/packs/rule_explanation.hh"
#include "control/packs/rule_files.hh"
#include "control/text/safe_text.hh"

namespace sluice {
namespace {

struct Arguments {
  std::uint32_t sid = 0;
  std::string pack;
  RuleSources sources;
};

void print(const RuleExplanation& explanation) {
  for (const auto& line : explanation.lines) fmt::print("{:<11} {}\n", line.title, shown_text(line.text));
  std::string_view title = "slow";
  for (const auto& cost : explanation.costs) {
    fmt::print("{:<11} {}\n", title, shown_text(cost));
    title = "";
  }
  if (explanation.costs.empty()) fmt::print("{:<11} {}\n", title, "nothing here that would make it so");
}

Exit run_explain(Arguments arguments) {
  if (!arguments.pack.empty()) arguments.sources.packs.push_back(arguments.pack);
  if (arguments.sources.empty()) {
    fmt::print(stderr, "sluice: where does sid {} stand? Name a pack, or files with --signatures\n", arguments.sid);
    return Exit::usage;
  }
  const auto files = load_rule_files(arguments.sources);
  if (!files) {
    fmt::print(stderr, "{}\n", files.error());
    return Exit::usage;
  }
  bool found = false;
  for (const auto& signature : files->rules.signatures) {
    if (signature.facts.signature_id != arguments.sid) continue;
    if (std::exchange(found, true)) fmt::print("\n");
    print(explain(signature));
  }
  if (!found) fmt::print(stderr, "sluice: there is no signature with sid {}\n", arguments.sid);
  return found ? Exit::ok : Exit::failed;
}

}  // namespace

void add_rules_explain_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = rules.add_subcommand(
      "explain", "Say what a signature is made into: when it is looked for, by which pattern, and why it may be slow");
  command->footer("Every signature with that sid is explained. Exit status 1 where there is none.");
  command->add_option("sid", arguments->sid, "The signature's sid")->required()->type_name("SID");
  command->add_option("pack", arguments->pack, "Pack that it stands in")->type_name("PACK");
  command
      ->add_option("--signatures", arguments->sources.signatures,
                   "File of signatures that it stands in; may be given several times")
      ->type_name("F.rules")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_flag("--skip-unsupported", arguments->sources.skip_unsupported,
                    "Leave signatures out that cannot be read");
  command->callback([arguments, &run] { run = [arguments] { return run_explain(*arguments); }; });
}

}  // namespace sluice
