#include "control/commands/command.hh"

namespace sluice {
void add_rules_command(CLI::App& program, Run& run) {
  auto* command =
      program.add_subcommand("rules", "Check rules, make packs of them, show what a pack holds and what rules cost");
  command->require_subcommand(1);
  command->footer(
      "Exit status: 0 done, 1 a file could not be read or written, or a pack is damaged or not signed by a trusted\n"
      "key, 2 errors in options, lists or signatures, all of them listed with line and column.");
  add_rules_lint_command(*command, run);
  add_rules_compile_command(*command, run);
  add_rules_manifest_command(*command, run);
  add_rules_sign_command(*command, run);
  add_rules_verify_command(*command, run);
  add_rules_show_command(*command, run);
  add_rules_explain_command(*command, run);
  add_rules_test_command(*command, run);
  add_rules_import_command(*command, run);
  add_rules_cost_command(*command, run);
  add_rules_resume_command(*command, run);
}

}  // namespace sluice
