#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "config/configuration.hh"
#include "control/commands/command.hh"
#include "control/packs/rule_files.hh"
#include "control/text/safe_text.hh"
#include "dataplane/generations/policy_settings.hh"
#include "dataplane/sets/ruleset.hh"
#include "dataplane/verdict/verdict.hh"

namespace sluice {
namespace {

struct Arguments {
  std::string config;
  std::string device;
  std::string host;
  std::string address;
  std::uint16_t vlan = 0;
  RuleSources sources;
};

// Why that is done with a finding of that rule.
std::string reason(const Decision& decision, const Rule& rule, const RuleFacts& facts, const Policy& policy, Tick now) {
  if (decision.shield == Shield::calls) return "calls over Wi-Fi, emergency calls among them, are never blocked";
  if (decision.shield == Shield::breaks)
    return fmt::format("line \"{}\" of the policy says {}, but not that it may break something (although_breaks): {}",
                       decision.line->name, text_of(decision.line->action), shown_text(facts.breaks));
  if (decision.shield != Shield::none) return "the site never blocks it (policy.never_block)";
  if (decision.limit != 0)
    return fmt::format("line \"{}\" of the policy: limit to {} kbit/s each way", decision.line->name,
                       decision.line->limit.kbit_per_s);
  if (decision.asked == Action::drop && decision.action == Action::pass) return "an exception of the site permits it";
  if (rule.is_expired(now)) return "what has expired is not blocked";
  if (decision.line != nullptr)
    return fmt::format("line \"{}\" of the policy: {}", decision.line->name, text_of(decision.line->action));
  if (is_watched(rule.finding_class))
    return fmt::format("no line of the policy holds; {} is watched, so that who attacks does not learn of it",
                       text_of(rule.finding_class));
  if (rule.breaks == Breaks::something)
    return fmt::format("no line of the policy holds; to block it breaks something: {}", shown_text(facts.breaks));
  if (rule.breaks == Breaks::unknown && rule.confidence != Confidence::defined)
    return "no line of the policy holds; the pack does not say what breaks when it is blocked";
  if (rule.is_address() && !policy.block_addresses)
    return "no line of the policy holds; addresses alone are not blocked (rules.block_addresses)";
  if (rule.confidence == Confidence::low && rule.is_name())
    return "no line of the policy holds; names of low confidence are not blocked";
  return "no line of the policy holds: the rule itself decides";
}

// What is done with all traffic of the device, whatever is found in it.
void print(const Treatment& treatment) {
  if (treatment.line == nullptr) return;
  const auto say = [&](std::string_view what, std::string_view why) {
    fmt::print("{:<8} all traffic (line \"{}\" of policy.traffic: {}): {}\n", what, treatment.line->name,
               text_of(treatment.line->action), why);
  };
  if (treatment.fate == Fate::exempt)
    say("forward", "unread, and nothing of it is recorded");
  else if (treatment.fate == Fate::quarantined)
    say("block", "this leads elsewhere than to the portal; look-ups pass");
  else if (treatment.limit.id != 0)
    say("limit", fmt::format("to {} kbit/s each way", treatment.limit.kbit_per_s));
  else if (treatment.line->action == TrafficAction::strip_ech && treatment.shield == Shield::none)
    say("forward", "answers to its look-ups lose the keys of Encrypted Client Hello");
  else if (treatment.shield != Shield::none)
    say("forward", treatment.shield == Shield::calls ? "calls over Wi-Fi are never blocked"
                                                     : "the site never blocks it (policy.never_block)");
  else
    say("forward", "this leads to the portal");
}

Exit explain(const Arguments& arguments, const config::ConfigurationT& configuration, const RuleFiles& files) {
  const auto device = Address::parse(arguments.device);
  const auto remote = arguments.address.empty() ? std::nullopt : Address::parse(arguments.address);
  if (!device || (!arguments.address.empty() && !remote)) {
    fmt::print(stderr, "sluice: \"{}\" is no IPv4 or IPv6 address\n",
               shown_text(device ? arguments.address : arguments.device));
    return Exit::usage;
  }
  const Ruleset rules{files.rules};
  const auto policy = policy_of(configuration);
  const Tick now{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
  const TrafficPlace traffic{
      *device, arguments.vlan, remote, true, arguments.host, false, nanoseconds_since_epoch(now)};
  if (const auto* const line = rules.traffic().find_by_remote(traffic))
    fmt::print(
        "{:<8} all traffic (line \"{}\" of policy.traffic: {}), if this leads into its prefixes: name --address\n",
        "perhaps", line->name, text_of(line->action));
  const auto treatment = rules.traffic().treat(traffic);
  print(treatment);
  const bool is_read = treatment.fate == Fate::read;
  Hits hits;
  if (is_read && !arguments.host.empty()) rules.match_name(arguments.host, hits);
  if (is_read && remote) rules.match_address(*remote, hits);
  const HitPlace place{*device, arguments.vlan, arguments.host, remote, nanoseconds_since_epoch(now)};
  const HitContext context{arguments.host, false, false};  // as if it had looked the name up
  bool blocked = treatment.fate == Fate::quarantined;
  for (const auto row : hits) {
    const auto& facts = files.rules.facts(row);
    const auto decision = decide(policy, rules, row, place, context, now);
    blocked = blocked || decision.action == Action::drop;
    const bool keeps = decision.line != nullptr && decision.line->keep_flow;
    fmt::print("{:<8} {} ({}{}{}): {}{}\n",
               decision.action == Action::drop ? "block"
               : decision.limit != 0           ? "limit"
                                               : "forward",
               shown_text(facts.rule_id), text_of(facts.finding_class), facts.recipient.empty() ? "" : ", ",
               shown_text(facts.recipient), reason(decision, rules.rule(row), facts, policy, now),
               keeps ? "; its connection is kept as evidence" : "");
  }
  if (is_read && hits.count == 0) fmt::print("{:<8} no name or address of a list matches\n", "forward");
  fmt::print("{}\n", !blocked                       ? "It is forwarded."
                     : policy.mode == Mode::enforce ? "It is blocked."
                                                    : "It would be blocked; the mode is monitor, so it is forwarded.");
  return Exit::ok;
}

Exit run_explain(Arguments& arguments) {
  if (arguments.host.empty() && arguments.address.empty()) {
    fmt::print(stderr, "sluice: explain what? Name a destination with --host, --address or both\n");
    return Exit::usage;
  }
  const auto configuration = config::load(arguments.config);
  if (!configuration) {
    for (const auto& error : configuration.error()) fmt::print(stderr, "{}\n", config::text(error));
    return Exit::usage;
  }
  auto& sources = arguments.sources;
  const auto& configured = *configuration->rules;
  if (sources.empty()) sources = {configured.indicators, configured.signatures, configured.packs};
  if (sources.empty()) sources = shipped_rules();
  sources.exceptions = configured.exceptions;
  sources.policy = arguments.config;
  const auto files = load_rule_files(sources);
  if (!files) {
    fmt::print(stderr, "{}\n", files.error());
    return Exit::usage;
  }
  return explain(arguments, *configuration, *files);
}

}  // namespace

void add_policy_command(CLI::App& program, Run& run) {
  auto* policy = program.add_subcommand("policy", "Say what the site's policy does, and why");
  policy->require_subcommand(1);
  auto arguments = std::make_shared<Arguments>();
  auto* command =
      policy->add_subcommand("explain", "Say what is done with a device's traffic to a destination, and why");
  command->footer(
      "A line of policy.traffic that holds for the device is named first; lines with prefixes go by --address, since "
      "a\n"
      "name alone does not say where it leads. Where its traffic is read, every row of a "
      "list\n"
      "that matches is named with what decides: what is never blocked, a permit of the site's\n"
      "exceptions, the first line of the policy that holds, or the rule itself. One row that blocks is enough.\n"
      "Rules are those of --indicators and --pack, else those that the configuration names, else those that ship;\n"
      "packs that were pushed to a running tap are not looked at: name their files. Signatures are not either: they\n"
      "match content. Exit status: 0 explained, 2 errors in options, configuration or lists.");
  command->add_option("--config", arguments->config, "The tap's configuration")->required()->type_name("FILE");
  command->add_option("--device", arguments->device, "Address of the device")->required()->type_name("ADDRESS");
  command->add_option("--host", arguments->host, "Name that it asks for or connects to")->type_name("NAME");
  command->add_option("--vlan", arguments->vlan, "VLAN that the device is in; 0: none")
      ->check(CLI::Range(0, 4094))
      ->type_name("ID");
  command->add_option("--address", arguments->address, "Address that it connects to")->type_name("ADDRESS");
  for (auto [name, list, what] : {std::tuple{"--indicators", &arguments->sources.indicators, "Indicator list"},
                                  std::tuple{"--pack", &arguments->sources.packs, "Pack"}})
    command->add_option(name, *list, std::string{what} + "; may be given several times")
        ->type_name("FILE")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->callback([arguments, &run] { run = [arguments] { return run_explain(*arguments); }; });
}

}  // namespace sluice
