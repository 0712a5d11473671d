// sluice-control: the control plane of one tap. Builds its parts in order; they are taken down in reverse.
#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <mutex>
#include <optional>

#include "config/program_start.hh"
#include "control/access/account_list.hh"
#include "control/access/audit_log.hh"
#include "control/api/api.hh"
#include "control/api/certificate.hh"
#include "control/api/identity.hh"
#include "control/api/metrics.hh"
#include "control/api/pushes.hh"
#include "control/devices/inventory.hh"
#include "control/evidence/evidence_desk.hh"
#include "control/findings/redaction_key.hh"
#include "control/rollout/rollout.hh"
#include "control/store/store_desk.hh"
#include "control/tap/event_loop.hh"
#include "control/tap/system_clock.hh"
#include "control/text/timestamp.hh"
#include "control/vantage/vantage_desk.hh"
#include "rules/policy/exception_list.hh"

namespace {

using namespace sluice;

constexpr int exit_failed = 1;

constexpr const char* help = R"(sluice-control --config FILE

The control plane of a tap: takes events and counters from the memory that sluice-dataplane shares, writes EVE JSON,
serves metrics to Prometheus, and answers `sluice status`, `watch`, `capture`, `push`, `packs`, `rollback`, `fuse`,
`findings`, `devices`, `vantage`, `reload` and `bypass`. It keeps what was found, and on whose devices, in
control.state_directory. It never touches a packet; it may be started before or after the data plane, and either may be restarted while traffic flows.
Says `ready` on standard output when it serves. SIGHUP opens the EVE file anew and reads the site's exceptions
(rules.exceptions) again; SIGINT or SIGTERM ends it.

  --config FILE   the configuration, the same as the data plane's; its options: `sluice config show`
  --help          this text
  --version       the version

Exit status: 0 ended as asked, 1 a part could not start, 2 errors in the command line or the configuration.
)";

int complain(const std::string& what) {
  std::fprintf(stderr, "sluice-control: %s\n", what.c_str());
  return exit_failed;
}

// Those that end the program or open its log anew. Blocked in every thread, so that only the main one takes them.
sigset_t block_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);  // a client that went away is an error of a write
  return signals;
}

// Where the configuration says now that they stand.
std::string exceptions_path(const std::string& configuration_path, const config::ConfigurationT& known) {
  const auto configuration = config::load(configuration_path);
  return configuration ? configuration->rules->exceptions : known.rules->exceptions;
}

// What is wrong in the file is said, and the exceptions at hand stay; a new list holds for what was found before too.
bool read_exceptions(const std::string& path, EventLoop& events, StoreDesk& store) {
  auto loaded = path.empty() ? LoadedExceptions{} : load_exception_list(path);
  for (const auto& error : loaded.errors) std::fprintf(stderr, "%s\n", error.text().c_str());
  if (!loaded.errors.empty()) return false;
  const auto exceptions = std::make_shared<const ExceptionList>(std::move(loaded.rows));
  events.set_exceptions(exceptions);
  store.set_exceptions(exceptions);
  return true;
}

// Nothing where none is to be kept.
tl::expected<std::optional<EvidenceOptions>, std::string> evidence_settings(const config::ConfigurationT& settings,
                                                                            const std::string& tap_id) {
  const auto& evidence = *settings.evidence;
  if (evidence.authority_key.empty()) return std::nullopt;
  const auto authority = load_evidence_public_key(evidence.authority_key);
  if (!authority) return tl::unexpected(authority.error());
  constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;
  return EvidenceOptions{settings.control->state_directory + "/evidence",
                         tap_id,
                         *authority,
                         evidence.record_bytes,
                         evidence.device_hour_records,
                         evidence.total_mib * mebibyte,
                         evidence.keep_days};
}

// Nothing where none is named.
tl::expected<std::optional<OuiTable>, std::string> load_makers(const std::string& path) {
  if (path.empty()) return std::nullopt;
  auto makers = OuiTable::load(path);
  if (!makers) return tl::unexpected("devices.makers: " + makers.error());
  return std::optional{std::move(*makers)};
}

StoreOptions store_options(const config::ConfigurationT& settings, const std::string& tap_id) {
  const auto& store = *settings.store;
  constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;
  StoreOptions options{
      settings.control->state_directory + "/store.db", tap_id, store.total_mib * mebibyte, store.keep_days, {}};
  for (const auto& term : store.terms)
    for (const auto& finding_class : term.classes) options.keep_days_of[finding_class] = term.keep_days;
  return options;
}

std::vector<VantagePair> vantage_pairs(const config::ConfigurationT& settings) {
  std::vector<VantagePair> pairs;
  for (const auto& pair : settings.port_pairs) pairs.push_back({pair.name, pair.group});
  return pairs;
}

RolloutOptions rollout_options(const config::ConfigurationT& settings) {
  return {settings.control->state_directory,
          std::chrono::milliseconds{settings.push->watch_ms},
          {std::chrono::milliseconds{settings.fuse->first_ms}, settings.fuse->flows, settings.fuse->devices}};
}

// Nothing where the API is served on the socket alone. The certificate is made where none is given.
tl::expected<std::optional<HttpsOptions>, std::string> https_options(const config::ControlT& control) {
  if (control.api_listen.empty()) return std::nullopt;
  HttpsOptions options{control.api_listen, control.api_certificate, control.api_key, control.api_client_authority};
  if (options.certificate.empty() != options.key.empty())
    return tl::unexpected(std::string{"control.api_certificate and control.api_key go together: give both, or none"});
  if (!options.certificate.empty()) return options;
  const auto address = listen_address(control.api_listen);
  auto made = own_certificate(control.state_directory + "/https", address ? address->first : std::string{});
  if (!made) return tl::unexpected(made.error());
  options.certificate = std::move(made->certificate);
  options.key = std::move(made->key);
  return options;
}

// The first account is there to make the others; its token is shown now, and nowhere else.
tl::expected<void, std::string> make_first_account(AccountList& accounts) {
  if (!accounts.all().empty()) return {};
  constexpr std::int64_t week_s = 7 * 86'400;
  Account first;
  first.name = "admin";
  first.roles = RoleSet{Role::admin};
  if (const auto added = accounts.add(std::move(first)); !added) return tl::unexpected(added.error().error);
  const auto granted = accounts.grant("admin", unix_seconds(wall_time()), week_s);
  if (!granted) return tl::unexpected(granted.error().error);
  std::printf("first account: admin, for seven days with the token %s (it is not shown again)\n",
              granted->token.c_str());
  return {};
}

int run(const config::ConfigurationT& settings, const std::string& path) {
  const auto signals = block_signals();
  ::umask(0027);
  const auto& control = *settings.control;
  const auto tap_id = tap_identity(settings.site->tap_id, control.state_directory);
  if (!tap_id) return complain(tap_id.error());

  const auto tap = tap_commands(settings.events->command_socket);
  EventStream stream;
  const auto evidence_options = evidence_settings(settings, *tap_id);
  if (!evidence_options) return complain(evidence_options.error());
  std::optional<EvidenceDesk> evidence;
  if (*evidence_options) evidence.emplace(**evidence_options);
  const auto makers = load_makers(settings.devices->makers);
  if (!makers) return complain(makers.error());
  const auto key = load_or_make_key(control.state_directory + "/devices.key");
  if (!key) return complain(key.error());
  Inventory inventory{IdentifierKey{*key}, VendorTable::shipped(), *makers ? &**makers : nullptr};
  StoreDesk store{store_options(settings, *tap_id), inventory};
  BlockTally tally;
  EventLoop* log = nullptr;  // from below on: nobody asks for a capture before
  CaptureDesk captures{settings.events->command_socket,
                       [&log](const CaptureDesk::Note& note) { log->write_capture(note); }};
  EventLoop events{{settings.events->shared_memory,
                    *tap_id,
                    settings.site->name,
                    control.state_directory + "/redaction.key",
                    {control.eve_file, control.eve_rotate_bytes, control.eve_keep_files},
                    settings.guard->file,
                    SLUICE_VERSION,
                    evidence ? &*evidence : nullptr,
                    settings.evidence->record_bytes,
                    control.eve_ipv6 == config::Ipv6Form::full,
                    &tally,
                    &captures,
                    &store,
                    &inventory},
                   tap.rules,
                   stream};
  log = &events;
  if (!read_exceptions(settings.rules->exceptions, events, store)) return config::exit_usage;
  Pushes pushes{tap, control.state_directory, settings.rules->packs};
  if (!pushes.complaint().empty()) complain(pushes.complaint());
  Rollout rollout{rollout_options(settings), {&pushes, &events, &tally, tap}};
  if (const auto complaint = rollout.status().complaint; !complaint.empty()) complain(complaint);
  VantageDesk vantage{vantage_pairs(settings), events, inventory};
  auto accounts = AccountList::load(control.state_directory + "/accounts.json");
  if (!accounts) return complain(accounts.error());
  Gate gate{*accounts};
  const std::function<MetricsInput()> take_metrics = [&] {
    return MetricsInput{events.status(),   pushes.counts(),     rollout.status(),    SLUICE_VERSION,
                        captures.counts(), store.status(),      inventory.counts(),  gate.counts(),
                        *tap_id,           settings.site->name, vantage.judgements()};
  };
  const auto metrics = MetricsServer::start(control.metrics_listen, take_metrics);
  if (!metrics) return complain(metrics.error());
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const ControlFacts facts{SLUICE_VERSION, *tap_id, settings.site->name, control.eve_file,
                           std::chrono::duration_cast<std::chrono::nanoseconds>(now).count()};
  std::mutex reading;  // a signal and the API may ask for it at once
  const auto read_again = [&] {
    const std::lock_guard lock{reading};
    static_cast<void>(read_exceptions(exceptions_path(path, settings), events, store));
  };
  std::vector<std::string> pairs;
  for (const auto& pair : settings.port_pairs) pairs.push_back(pair.name);
  const auto audit = AuditLog::open(control.state_directory + "/audit", control.audit_keep_days, wall_time());
  if (!audit) return complain(audit.error());
  const auto https = https_options(control);
  if (!https) return complain(https.error());
  const auto api = Api::start(control.socket, {&events, &stream, &pushes, &rollout, tap, facts, read_again,
                                               settings.guard->socket, &captures, std::move(pairs), &store, &inventory,
                                               &vantage, &*accounts, &gate, audit->get(), take_metrics, *https});
  if (!api) return complain(api.error());
  if (*https) {
    const auto fingerprint = fingerprint_of((*https)->certificate);
    if (!fingerprint) return complain(fingerprint.error());
    std::printf("https: %s, certificate SHA-256 %s\n", control.api_listen.c_str(), fingerprint->c_str());
    if (const auto made = make_first_account(*accounts); !made) return complain(made.error());
  }

  events.settle();
  std::puts("ready");
  std::fflush(stdout);
  for (;;) {
    int signal = 0;
    if (::sigwait(&signals, &signal) != 0) continue;
    if (signal != SIGHUP) return 0;
    events.reopen_eve();
    read_again();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto started = config::program_start(argc, argv, {"sluice-control", SLUICE_VERSION, help}, config::Use::replay);
  if (!started) return started.error();
  try {
    return run(started->configuration, started->path);
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}
