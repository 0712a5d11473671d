#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>

#include "control/commands/command.hh"
#include "control/packs/key_options.hh"
#include "control/packs/rule_cost.hh"
#include "control/packs/rule_files.hh"
#include "control/replay/replay.hh"
#include "control/replay/replay_databases.hh"
#include "control/text/terminal.hh"
#include "dataplane/wire/settings.hh"

namespace sluice {
namespace {

constexpr std::uint32_t workers_most = 64;
// A replay has no tap: its ids are those of a tap that is none, so that two runs give the same.
constexpr const char* replay_tap_id = "00000000-0000-0000-0000-000000000000";

struct Arguments {
  RuleSources rules;
  std::string mode = "monitor";
  std::uint32_t workers = 1;
  std::vector<std::string> inside;
  std::string midstream = "on";
  std::string checksums = "off";
  std::string packets = "on";
  std::string ipv6 = "compressed";
  std::string stats_path;
  std::string rule_cost_path;
  bool reveal = false;
  std::string evidence_folder;
  std::string authority_key;
  ReplayOptions replay;
};

// Networks, or one interface of the capture.
tl::expected<InsideChoice, std::string> inside_choice(const std::vector<std::string>& texts) {
  InsideChoice choice;
  std::vector<AddressRange> networks;
  for (const auto& text : texts) {
    if (const auto range = AddressRange::parse(text))
      networks.push_back(*range);
    else
      choice.interface_name = text;
  }
  if (!choice.interface_name.empty() && texts.size() > 1)
    return tl::unexpected("--inside " + choice.interface_name +
                          ": give either networks without host bits (192.168.0.0/16), or one interface of the capture");
  if (!choice.interface_name.empty()) choice.by = InsideChoice::By::interface;
  if (!networks.empty()) {
    choice.by = InsideChoice::By::networks;
    choice.networks = InsideNetworks{std::move(networks)};
  }
  return choice;
}

bool write_text(const std::string& path, const std::string& text) {
  if (path == "-") return static_cast<bool>(std::cout << text << std::flush);
  std::ofstream file{path};
  file << text;
  file.close();
  if (!file) fmt::print(stderr, "sluice: {}: {}\n", path, std::strerror(errno));
  return static_cast<bool>(file);
}

Exit run_replay(Arguments& arguments) {
  const auto inside = inside_choice(arguments.inside);
  if (!inside) {
    fmt::print(stderr, "sluice: {}\n", inside.error());
    return Exit::usage;
  }
  const auto sources = arguments.rules.empty() ? shipped_rules() : arguments.rules;
  if (sources.empty()) {
    fmt::print(stderr,
               "sluice: no rules were named and none are installed: name some with --indicators, --signatures "
               "or --pack\n");
    return Exit::usage;
  }
  const auto rules = load_rule_files(sources);
  if (!rules) {
    fmt::print(stderr, "{}\n", rules.error());
    return Exit::usage;
  }
  for (const auto& notice : rules->notices) fmt::print(stderr, "sluice: {}\n", notice);

  auto& options = arguments.replay;
  // No secret: nobody floods a replay, and two runs must be alike.
  options.pipeline = pipeline_options(config::defaults(), 0);
  options.inside = *inside;
  options.workers = arguments.workers;
  options.pipeline.policy.mode = arguments.mode == "enforce" ? Mode::enforce : Mode::monitor;
  options.pipeline.midstream = arguments.midstream == "on";
  options.pipeline.verify_checksums = arguments.checksums == "on";
  options.pipeline.record = Record::all;
  options.pipeline.packet_images = arguments.packets == "on" && !options.eve_path.empty();
  options.pipeline.evidence = !arguments.evidence_folder.empty();
  options.pipeline.hash_files = true;
  options.version = SLUICE_VERSION;
  if (!arguments.evidence_folder.empty()) {
    const auto authority = load_evidence_public_key(arguments.authority_key);
    if (!authority) {
      fmt::print(stderr, "sluice: {}\n", authority.error());
      return Exit::usage;
    }
    options.evidence = EvidenceOptions{arguments.evidence_folder, replay_tap_id, *authority};
  }
  options.progress = ::isatty(STDERR_FILENO) != 0;

  const auto databases = replay_databases(rules->rules.signatures, user_cache_directory());
  if (!databases) {
    fmt::print(stderr, "{}\n", databases.error());
    return Exit::usage;
  }
  const auto generation = make_generation(rules->rules, *databases, 1, options.workers);
  if (!generation) {
    fmt::print(stderr, "sluice: {}\n", generation.error());
    return Exit::usage;
  }
  RuleBooks books;
  books.add((*generation)->number(), rules->digest, std::make_shared<const RuleBook>(rules->book));
  EveContext context;
  context.tap_id = replay_tap_id;
  context.site = "replay";
  context.clock_state = ClockState::capture;
  context.rules = &books;
  context.ipv6_in_full = arguments.ipv6 == "full";
  const auto redactor = arguments.reveal ? Redactor::revealing() : Redactor{own_key_path()};
  context.redactor = &redactor;

  Statistics statistics;
  FindingsTable findings{&books};
  context.exceptions = std::make_shared<const ExceptionList>(rules->rules.exceptions);
  findings.set_exceptions(context.exceptions);
  if (arguments.reveal) {
    findings.reveal();
    fmt::print(stderr, "sluice: --reveal: identifiers and texts that the captures hold are shown as they were sent\n");
  }
  statistics.rules_left_out = rules->left_out;
  const auto end = replay(options, **generation, context, statistics, findings);
  if (!arguments.stats_path.empty() && !write_text(arguments.stats_path, statistics_text(statistics)))
    return Exit::failed;
  if (!arguments.rule_cost_path.empty() &&
      !write_text(arguments.rule_cost_path, rule_cost_text(rule_report(**generation))))
    return Exit::failed;
  if (const auto complaint = redactor.complaint(); !complaint.empty()) fmt::print(stderr, "sluice: {}\n", complaint);
  if (end == ReplayEnd::failed) return Exit::failed;
  // Standard output belongs to the events where they were asked for there.
  if (options.eve_path != "-" && arguments.stats_path != "-" && arguments.rule_cost_path != "-") {
    const auto width = terminal_width();
    findings.print(std::cout, statistics, width);
    findings.print_uninspected(std::cout, statistics, width);
  }
  return end == ReplayEnd::unreadable ? Exit::unreadable : Exit::ok;
}

}  // namespace

void add_replay_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("replay", "Run capture files through the inspection and show what it finds");
  command->footer(
      "With --trusted-key every pack must have good signatures beside it, F.slpk.minisig, as on a tap.\n"
      "Reads pcap and pcapng, plain or gzip, of Ethernet, raw IP, loopback and Linux cooked captures; packets of any\n"
      "other link type pass and are counted as uninspected. Needs no root, no huge pages and no network card.\n"
      "Exit status: 0 done, 1 an output could not be written, 2 errors in options or lists, 3 a capture's container\n"
      "cannot be read at all (the other captures were replayed).");
  command->add_option("captures", arguments->replay.captures, "Capture files")->required()->type_name("CAPTURE");
  command
      ->add_option("--indicators", arguments->rules.indicators,
                   "Indicator list to match; may be given several times, like the next two. "
                   "Default where none of the three is given: the lists and signatures that ship")
      ->type_name("F.csv")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--signatures", arguments->rules.signatures, "Signatures to match, in Suricata's language")
      ->type_name("F.rules")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--pack", arguments->rules.packs, "Pack to match, as `sluice rules compile` writes it")
      ->type_name("F.slpk")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--exceptions", arguments->rules.exceptions, "What is not blocked, and what raises no alarm (CSV)")
      ->type_name("F.csv");
  command
      ->add_option("--policy", arguments->rules.policy,
                   "Configuration (JSON) whose policy says what is done with findings; nothing else of it counts")
      ->type_name("F.json");
  add_key_options(*command, arguments->rules.keys);
  command->add_flag("--skip-unsupported", arguments->rules.skip_unsupported,
                    "Leave signatures out that cannot be read, say which and why, and count them in the statistics");
  command->add_option("--mode", arguments->mode, "monitor: alter nothing, say what would be blocked; enforce: block")
      ->check(CLI::IsMember({"monitor", "enforce"}))
      ->capture_default_str();
  command->add_option("--workers", arguments->workers, "Threads that inspect; the result is the same for any number")
      ->check(CLI::Range(std::uint32_t{1}, workers_most))
      ->type_name("N")
      ->capture_default_str();
  command
      ->add_option("--inside", arguments->inside,
                   "The inspected side: a network (may be given several times), or "
                   "a capture interface by name or number (0 is the first). Default: the first interface of a capture "
                   "with two that are the sides of a wire, else "
                   "private addresses, else the first sender")
      ->type_name("CIDR|interface")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      ->add_option("--midstream", arguments->midstream,
                   "Follow TCP connections whose start is not in the capture; given twice, the last one counts")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  command
      ->add_option("--checksums", arguments->checksums,
                   "Leave packets with a wrong transport checksum uninspected; "
                   "off because captures taken on the sender often hold unfinished ones")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  command
      ->add_option("--packets", arguments->packets,
                   "With --eve: events of signatures and anomalies hold the packet that they are about, unredacted")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  command
      ->add_option("--ipv6", arguments->ipv6,
                   "How IPv6 addresses are written in EVE: compressed as RFC 5952 has them, full as Suricata has them")
      ->check(CLI::IsMember({"compressed", "full"}))
      ->capture_default_str();
  command->add_flag("--continue", arguments->replay.continue_state,
                    "One run over all captures, connections and all; "
                    "default: each capture is a run of its own");
  command->add_flag("--reveal", arguments->reveal,
                    "Show identifiers, places and typed text as they were sent, decoded, instead of class, length and "
                    "digest. Nothing but a replay can: a running tap always redacts");
  command->add_option("--eve", arguments->replay.eve_path, "Write every event as EVE JSON; - for standard output")
      ->type_name("OUT.json");
  command->add_option("--write", arguments->replay.write_path, "Write the packets that were forwarded")
      ->type_name("OUT.pcap");
  auto* evidence = command
                       ->add_option("--evidence", arguments->evidence_folder,
                                    "Keep sealed evidence of each finding there, as a tap does")
                       ->type_name("FOLDER");
  auto* authority = command
                        ->add_option("--authority-key", arguments->authority_key,
                                     "Public key that it is sealed to (`sluice evidence keygen`)")
                        ->type_name("P");
  evidence->needs(authority);
  authority->needs(evidence);
  command->add_option("--stats", arguments->stats_path, "Write the counters as JSON; - for standard output")
      ->type_name("OUT.json");
  command
      ->add_option("--rule-cost", arguments->rule_cost_path,
                   "Write what each signature cost as JSON, which `sluice rules cost --from` shows; - for standard "
                   "output")
      ->type_name("OUT.json");
  command->callback([arguments, &run] { run = [arguments] { return run_replay(*arguments); }; });
}

}  // namespace sluice
