#include <fmt/format.h>

#include <memory>

#include "control/command.hh"
#include "control/pack_sources.hh"

namespace sluice {
namespace {

Exit run_lint(const std::vector<std::string>& paths) {
  const auto read = read_rule_sources(paths);
  for (const auto& error : read.errors) fmt::print(stderr, "{}\n", error);
  if (!read.errors.empty()) return Exit::usage;
  for (const auto& note : read.notes) fmt::print(stderr, "{}\n", note);
  fmt::print("{} files, {} indicators, {} signatures{}: good\n", read.sources.size(), read.rules.indicators.size(),
             read.rules.signatures.size(), read.exceptions == 0 ? "" : fmt::format(", {} exceptions", read.exceptions));
  return Exit::ok;
}

void add_lint(CLI::App& rules, Run& run) {
  auto paths = std::make_shared<std::vector<std::string>>();
  auto* lint = rules.add_subcommand(
      "lint", "Say all that is wrong with indicator lists and exceptions (.csv) and signatures (.rules)");
  lint->add_option("files", *paths, "Lists and signature files")->required()->type_name("FILE");
  lint->callback([paths, &run] { run = [paths] { return run_lint(*paths); }; });
}

}  // namespace

void add_rules_command(CLI::App& program, Run& run) {
  auto* command = program.add_subcommand("rules", "Check rules, make packs of them, and show what a pack holds");
  command->require_subcommand(1);
  command->footer(
      "Exit status: 0 done, 1 a file could not be read or written, or a pack is damaged or not signed by a trusted\n"
      "key, 2 errors in options, lists or signatures, all of them listed with line and column.");
  add_lint(*command, run);
  add_rules_compile_command(*command, run);
  add_rules_show_command(*command, run);
  add_rules_import_command(*command, run);
}

}  // namespace sluice
