// sluice-dataplane: the tap on the wire. Builds its parts in order; they are taken down in reverse.
#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <memory>
#include <utility>

#include "config/program_start.hh"
#include "dataplane/exchange/command_socket.hh"
#include "dataplane/generations/rule_desk.hh"
#include "dataplane/generations/site_settings.hh"
#include "dataplane/match/rule_budget.hh"
#include "dataplane/wire/main_core.hh"
#include "dataplane/wire/settings.hh"
#include "dataplane/wire/tap.hh"

namespace {

using namespace sluice;

constexpr int exit_failed = 1;

// What a generation of rules takes goes back to the kernel when it goes, so that swaps do not add up: glibc raises the
// size above which it does so, to 32 MiB, with the first large piece that is freed, unless it is told (mallopt(3)).
constexpr int own_mapping_bytes = 256 * 1024;

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
which are kept in rules.state_directory, else those of rules.packs. Nobody else has to run for it. While traffic flows,
new packs are taken at events.command_socket (`sluice push`), and so are changes of the configuration, of the lists and
of the exceptions (`sluice reload`). What state the tap is in, and why, is said on standard
error whenever it changes.

Events and counters go to the shared memory that the configuration names, where sluice-control reads them.
Exit status: 0 ended as asked, 1 the tap could not start, 2 errors in the command line, the configuration or a list.
)";

int failed(const std::string& why) {
  std::fprintf(stderr, "sluice-dataplane: %s\n", why.c_str());
  return exit_failed;
}

}  // namespace

int main(int argc, char** argv) {
  ::mallopt(M_MMAP_THRESHOLD, own_mapping_bytes);
  auto started = config::program_start(argc, argv, {"sluice-dataplane", SLUICE_VERSION, help}, config::Use::wire);
  if (!started) return started.error();
  const auto settings = std::make_shared<const config::ConfigurationT>(std::move(started->configuration));
  auto loader = site_settings(*settings, parse_program_version(SLUICE_VERSION).value_or(ProgramVersion{}));
  if (!loader) {
    std::fprintf(stderr, "%s\n", loader.error().c_str());
    return config::exit_usage;
  }

  std::signal(SIGINT, want_stop);
  std::signal(SIGTERM, want_stop);
  const auto tap = Tap::start(*settings);
  if (!tap) return failed(tap.error());
  auto socket = CommandSocket::listen(settings->events->command_socket);
  if (!socket) return failed(socket.error());
  RuleDesk desk{std::move(*loader), settings->rules->packs, PackStore{settings->rules->state_directory},
                (*tap)->generations()};
  RuleBudget budget{rule_budget_options(*settings)};
  MainCore core{**tap, desk, budget, *socket, {std::move(started->path), settings}, SLUICE_VERSION};
  core.start(stop_wanted);
  if (stop_wanted == 0) std::puts("ready");
  std::fflush(stdout);
  core.run(stop_wanted);
  return 0;
}
