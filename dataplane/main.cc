// sluice-dataplane: the tap on the wire. Builds its parts in order; they are taken down in reverse.
#include <getopt.h>

#include <csignal>
#include <cstdio>

#include "config/configuration.hh"
#include "dataplane/tap.hh"
#include "rules/indicator_list.hh"

namespace {

using namespace sluice;

constexpr int exit_failed = 1;
constexpr int exit_usage = 2;

volatile std::sig_atomic_t stop_wanted = 0;
void want_stop(int) { stop_wanted = 1; }

constexpr const char* help = R"(sluice-dataplane --config FILE

The tap: forwards between the ports of each pair, inspects what passes, and in mode `enforce` drops what the rules
block. Needs CAP_NET_ADMIN and CAP_NET_RAW for kernel interfaces. Says `ready` on standard output when traffic flows;
SIGINT or SIGTERM ends it and gives the interfaces their settings back.

  --config FILE   the configuration; its options: config/README.md, `sluice config show`
  --help          this text
  --version       the version

Events and counters go to the shared memory that the configuration names; `sluice watch --config FILE` reads them.
Exit status: 0 ended as asked, 1 the tap could not start, 2 errors in the command line, the configuration or a list.
)";

// The path that --config names, or an exit status.
tl::expected<std::string, int> arguments(int argc, char** argv) {
  const option options[] = {{"config", required_argument, nullptr, 'c'},
                            {"help", no_argument, nullptr, 'h'},
                            {"version", no_argument, nullptr, 'v'},
                            {nullptr, 0, nullptr, 0}};
  std::string path;
  for (int choice = 0; (choice = ::getopt_long(argc, argv, "", options, nullptr)) != -1;) {
    switch (choice) {
      case 'c': path = optarg; break;
      case 'h': std::fputs(help, stdout); return tl::unexpected(0);
      case 'v': std::puts("sluice-dataplane " SLUICE_VERSION); return tl::unexpected(0);
      default: return tl::unexpected(exit_usage);  // getopt has said why
    }
  }
  if (path.empty() || optind != argc) {
    std::fputs("sluice-dataplane: give --config FILE and nothing else (--help tells more)\n", stderr);
    return tl::unexpected(exit_usage);
  }
  return path;
}

tl::expected<config::ConfigurationT, int> configuration(const std::string& path) {
  auto loaded = config::load(path, config::Use::wire);
  if (loaded) return std::move(*loaded);
  for (const auto& error : loaded.error()) std::fprintf(stderr, "%s\n", config::text(error).c_str());
  return tl::unexpected(exit_usage);
}

tl::expected<RuleList, int> rule_list(const std::vector<std::string>& paths) {
  RuleList rules;
  bool good = true;
  for (const auto& path : paths) {
    auto loaded = load_indicator_list(path);
    for (const auto& error : loaded.errors) std::fprintf(stderr, "%s\n", error.text().c_str());
    good = good && loaded.errors.empty();
    std::move(loaded.rows.begin(), loaded.rows.end(), std::back_inserter(rules.indicators));
  }
  if (!good) return tl::unexpected(exit_usage);
  return rules;
}

}  // namespace

int main(int argc, char** argv) {
  const auto path = arguments(argc, argv);
  if (!path) return path.error();
  const auto settings = configuration(*path);
  if (!settings) return settings.error();
  const auto rules = rule_list(settings->rules->indicators);
  if (!rules) return rules.error();
  if (rules->size() == 0)
    std::fputs("sluice-dataplane: no rules: traffic passes uninspected (rules.indicators)\n", stderr);
  const Ruleset ruleset{*rules};

  std::signal(SIGINT, want_stop);
  std::signal(SIGTERM, want_stop);
  const auto tap = Tap::start(*settings, ruleset);
  if (!tap) {
    std::fprintf(stderr, "sluice-dataplane: %s\n", tap.error().c_str());
    return exit_failed;
  }
  std::puts("ready");
  std::fflush(stdout);
  (*tap)->watch(stop_wanted);
  return 0;
}
