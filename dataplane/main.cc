// sluice-dataplane: the tap on the wire. Builds its parts in order; they are taken down in reverse.
#include <csignal>
#include <cstdio>

#include "config/program_start.hh"
#include "dataplane/command_socket.hh"
#include "dataplane/main_core.hh"
#include "dataplane/policy_settings.hh"
#include "dataplane/rule_budget.hh"
#include "dataplane/rule_desk.hh"
#include "dataplane/settings.hh"
#include "dataplane/signature_compiler.hh"
#include "dataplane/site_rules.hh"
#include "dataplane/start_packs.hh"
#include "dataplane/tap.hh"
#include "rules/exception_list.hh"

namespace {

using namespace sluice;

constexpr int exit_failed = 1;

volatile std::sig_atomic_t stop_wanted = 0;
void want_stop(int) { stop_wanted = 1; }

constexpr const char* help = R"(sluice-dataplane --config FILE

The tap: forwards between the ports of each pair, inspects what passes, and in mode `enforce` drops what the rules
block. Needs CAP_NET_ADMIN and CAP_NET_RAW for kernel interfaces, af_xdp also CAP_SYS_ADMIN and CAP_IPC_LOCK; keeps
CAP_NET_ADMIN alone once its ports are open. Forwards from the first moment on, and says `ready` on standard output when
the first rules are in use; SIGINT or SIGTERM ends it and gives the interfaces their settings back.

  --config FILE   the configuration; its options: config/README.md, `sluice config show`
  --help          this text
  --version       the version

Rules are the lists of the site (rules.indicators, rules.signatures), its exceptions (rules.exceptions), and packs: those that were pushed last,
which are kept in rules.state_directory, else those of rules.packs. Nobody else has to run for it. New packs are taken
at events.command_socket while traffic flows (`sluice push`). What state the tap is in, and why, is said on standard
error whenever it changes.

Events and counters go to the shared memory that the configuration names, where sluice-control reads them.
Exit status: 0 ended as asked, 1 the tap could not start, 2 errors in the command line, the configuration or a list.
)";

// What a person wrote for this site must be right before anything starts; what was pushed is judged while it runs.
tl::expected<LoaderSettings, int> loader_settings(const config::ConfigurationT& settings) {
  LoaderSettings loader;
  const auto& rules = *settings.rules;
  auto site = load_site_rules(rules.indicators, rules.signatures);
  for (const auto& error : site.errors) std::fprintf(stderr, "%s\n", error.c_str());
  auto exceptions = rules.exceptions.empty() ? LoadedExceptions{} : load_exception_list(rules.exceptions);
  for (const auto& error : exceptions.errors) std::fprintf(stderr, "%s\n", error.text().c_str());
  auto keys = read_trusted_keys(rules.trusted_keys);
  if (!keys) std::fprintf(stderr, "sluice-dataplane: %s\n", keys.error().c_str());
  if (!keys || !site.errors.empty() || !exceptions.errors.empty()) return tl::unexpected(config::exit_usage);
  loader.keyring = {std::move(*keys), {}, rules.key_threshold};
  for (const auto& text : rules.revoked_keys)
    if (const auto id = key_id_from(text)) loader.keyring.revoked.push_back(*id);
  loader.site = std::move(site.packs);
  loader.exceptions = std::move(exceptions.rows);
  loader.policy = site_policy(*settings.policy);
  loader.compile = signature_compiler(compiler_path(), rules.state_directory + "/databases");
  loader.ruleset = rules.ruleset;
  loader.program = parse_program_version(SLUICE_VERSION).value_or(ProgramVersion{});
  loader.workers = settings.workers;
  loader.streams = settings.stream->payload_windows;
  return loader;
}

int failed(const std::string& why) {
  std::fprintf(stderr, "sluice-dataplane: %s\n", why.c_str());
  return exit_failed;
}

}  // namespace

int main(int argc, char** argv) {
  const auto settings =
      config::program_start(argc, argv, {"sluice-dataplane", SLUICE_VERSION, help}, config::Use::wire);
  if (!settings) return settings.error();
  auto loader = loader_settings(*settings);
  if (!loader) return loader.error();

  std::signal(SIGINT, want_stop);
  std::signal(SIGTERM, want_stop);
  const auto tap = Tap::start(*settings);
  if (!tap) return failed(tap.error());
  auto socket = CommandSocket::listen(settings->events->command_socket);
  if (!socket) return failed(socket.error());
  RuleDesk desk{std::move(*loader), settings->rules->packs, PackStore{settings->rules->state_directory},
                (*tap)->generations()};
  RuleBudget budget{rule_budget_options(*settings)};
  MainCore core{**tap, desk, budget, *socket, SLUICE_VERSION};
  core.start(stop_wanted);
  if (stop_wanted == 0) std::puts("ready");
  std::fflush(stdout);
  core.run(stop_wanted);
  return 0;
}
