// sluice: the command line.
#include <CLI/CLI.hpp>
#include <csignal>

#include "control/commands/command.hh"

int main(int argc, char** argv) {
  using namespace sluice;
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error of a write, which is reported

  CLI::App program{"Sluice: shows what the devices on a wire send home, with evidence"};
  program.set_version_flag("--version", "sluice " SLUICE_VERSION);
  program.set_help_all_flag("--help-all", "Help of all commands");
  program.require_subcommand(1);

  Run run;
  add_replay_command(program, run);
  add_status_command(program, run);
  add_push_command(program, run);
  add_packs_command(program, run);
  add_rollback_command(program, run);
  add_fuse_command(program, run);
  add_reload_command(program, run);
  add_bypass_command(program, run);
  add_watch_command(program, run);
  add_capture_command(program, run);
  add_findings_command(program, run);
  add_devices_command(program, run);
  add_accounts_command(program, run);
  add_audit_command(program, run);
  add_vantage_command(program, run);
  add_policy_command(program, run);
  add_evidence_command(program, run);
  add_rules_command(program, run);
  add_config_command(program, run);

  try {
    program.parse(argc, argv);
    return static_cast<int>(run());
  } catch (const CLI::ParseError& error) {
    const auto status = program.exit(error);
    return status == 0 ? 0 : static_cast<int>(Exit::usage);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "sluice: %s\n", error.what());
    return static_cast<int>(Exit::failed);
  }
}
