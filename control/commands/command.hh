// The commands of `sluice`: each declares its options on the command line and says what to run when it was chosen.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace sluice {

// Exit statuses, the same for all commands.
enum class Exit : int {
  ok = 0,
  failed = 1,        // the work could not be done; the reason stands on standard error
  usage = 2,         // the command line, a configuration or a list has errors
  unreadable = 3,    // a capture's container cannot be read
  already_live = 4,  // nothing was to be done
  reverted = 5,      // what was done was undone
};

// Run after the command line was parsed; empty until a command was chosen.
using Run = std::function<Exit()>;

void add_replay_command(CLI::App& program, Run& run);
void add_config_command(CLI::App& program, Run& run);
void add_status_command(CLI::App& program, Run& run);
void add_push_command(CLI::App& program, Run& run);
void add_packs_command(CLI::App& program, Run& run);
void add_rollback_command(CLI::App& program, Run& run);
void add_fuse_command(CLI::App& program, Run& run);
void add_reload_command(CLI::App& program, Run& run);
void add_bypass_command(CLI::App& program, Run& run);
void add_watch_command(CLI::App& program, Run& run);
void add_capture_command(CLI::App& program, Run& run);
void add_findings_command(CLI::App& program, Run& run);
void add_devices_command(CLI::App& program, Run& run);
void add_accounts_command(CLI::App& program, Run& run);
void add_audit_command(CLI::App& program, Run& run);
void add_vantage_command(CLI::App& program, Run& run);
void add_policy_command(CLI::App& program, Run& run);
void add_evidence_command(CLI::App& program, Run& run);
void add_rules_command(CLI::App& program, Run& run);
// Of `sluice rules`.
void add_rules_lint_command(CLI::App& rules, Run& run);
void add_rules_compile_command(CLI::App& rules, Run& run);
void add_rules_manifest_command(CLI::App& rules, Run& run);
void add_rules_sign_command(CLI::App& rules, Run& run);
void add_rules_verify_command(CLI::App& rules, Run& run);
void add_rules_show_command(CLI::App& rules, Run& run);
void add_rules_explain_command(CLI::App& rules, Run& run);
void add_rules_test_command(CLI::App& rules, Run& run);
void add_rules_import_command(CLI::App& rules, Run& run);
void add_rules_cost_command(CLI::App& rules, Run& run);
void add_rules_resume_command(CLI::App& rules, Run& run);

}  // namespace sluice
