#include <fmt/format.h>

#include <memory>

#include "control/command.hh"
#include "control/pack_sources.hh"

namespace sluice {
namespace {

Exit run_lint(const std::vector<std::string>& paths, bool skip_unsupported) {
  const auto read = read_rule_sources(paths, skip_unsupported);
  for (const auto& error : read.errors) fmt::print(stderr, "{}\n", error);
  if (!read.errors.empty()) return Exit::usage;
  for (const auto& note : read.notes) fmt::print(stderr, "{}\n", note);
  fmt::print("{} files, {} indicators, {} signatures: good\n", read.sources.size(), read.rules.indicators.size(),
             read.rules.signatures.size());
  if (read.left_out > 0) fmt::print("{} signatures left out\n", read.left_out);
  return Exit::ok;
}

void add_lint(CLI::App& rules, Run& run) {
  auto paths = std::make_shared<std::vector<std::string>>();
  auto* lint =
      rules.add_subcommand("lint", "Say all that is wrong with indicator lists (.csv) and signatures (.rules)");
  lint->add_option("files", *paths, "Lists and signature files")->required()->type_name("FILE");
  auto skip = std::make_shared<bool>(false);
  lint->add_flag("--skip-unsupported", *skip, "Leave signatures out that cannot be read, and say which and why");
  lint->callback([paths, skip, &run] { run = [paths, skip] { return run_lint(*paths, *skip); }; });
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
}

}  // namespace sluice
