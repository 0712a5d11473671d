#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "control/commands/command.hh"
#include "control/commands/query_command.hh"
#include "control/store/finding_state.hh"
#include "control/text/safe_text.hh"
#include "control/text/table.hh"
#include "control/text/terminal.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

struct Listing {
  ControlAddress control;
  std::string device;
  std::string rule;
  std::string finding_class;
  std::string state;
  std::string after;
  unsigned limit = 100;
  bool json = false;
};

struct Chosen {
  ControlAddress control;
  std::string id;
  std::string state;
  std::string owner;
  std::string ticket;
  std::string note;
  bool json = false;
};

// As people know it.
std::string device_text(const Json& device) {
  const auto address = text_at(device, "address");
  const auto name = text_at(device, "name");
  if (text_at(device, "certainty") == "one-of-several")
    return (name.empty() ? "one of those behind " : name + ", one of those behind ") + address;
  auto kind = text_at(device, "vendor");
  if (const auto model = text_at(device, "model"); !model.empty()) kind += (kind.empty() ? "" : " ") + model;
  const auto& first = name.empty() ? kind : name;
  return first.empty() ? address : first + " (" + address + ")";
}

std::string destination_text(const Json& finding) {
  const auto destination = text_at(finding, "destination");
  return destination.empty() ? "(others)" : destination;
}

void print(const Json& document) {
  const auto& findings = document.at("findings");
  if (findings.empty()) {
    std::cout << "No finding.\n";
    return;
  }
  Table table{{{"Number", 6, true},
               {"Device", 11},
               {"Class", 9},
               {"Recipient", 9},
               {"Destination", 14},
               {"Stage", 9},
               {"Last seen (UTC)", 10},
               {"Count", 5, true},
               {"Blocked", 7, true},
               {"State", 8}}};
  for (const auto& finding : findings) {
    auto state = text_at(finding, "state");
    if (finding.contains("suppressed_by")) state += ", suppressed";
    table.add({text_at(finding, "number"), device_text(finding.at("device")), text_at(finding, "class"),
               text_at(finding, "recipient"), destination_text(finding), text_at(finding, "stage"),
               text_at(finding, "last").substr(0, 19), text_at(finding, "count"), text_at(finding, "blocked"), state});
  }
  table.print(std::cout, terminal_width());
  if (const auto next = text_at(document, "next"); !next.empty())
    std::cout << fmt::format("\nThere are more: --after {}\n", next);
}

void print_one(const Json& finding) {
  const auto line = [](const char* name, const std::string& text) {
    if (!text.empty()) std::cout << fmt::format("{:<12} {}\n", name, shown_text(text));
  };
  line("Finding", text_at(finding, "number"));
  line("Device", device_text(finding.at("device")));
  for (const auto& [name, key] : {std::pair{"Class", "class"}, std::pair{"Rule", "rule_id"},
                                  std::pair{"Recipient", "recipient"}, std::pair{"Source", "source"}})
    line(name, text_at(finding, key));
  line("Destination", destination_text(finding));
  line("Stage", text_at(finding, "stage"));
  line("Confidence", text_at(finding, "confidence"));
  line("Seen", fmt::format("{} to {}, {} times, {} blocked", text_at(finding, "first"), text_at(finding, "last"),
                           text_at(finding, "count"), text_at(finding, "blocked")));
  line("Suppressed", text_at(finding, "suppressed_by"));
  line("State", text_at(finding, "state"));
  line("Owner", text_at(finding, "owner"));
  line("Ticket", text_at(finding, "ticket"));
  for (const auto& note : finding.at("notes"))
    line("Note", fmt::format("{}, {}: {}", text_at(note, "time"), text_at(note, "author"), text_at(note, "text")));
  for (const auto& day : finding.at("days"))
    line("Day",
         fmt::format("{}: {} times, {} blocked", text_at(day, "day"), text_at(day, "count"), text_at(day, "blocked")));
}

Exit run_list(const Listing& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  auto path = fmt::format("/v1/findings?limit={}", arguments.limit);
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) path += fmt::format("&{}={}", name, query_text(value));
  };
  add("device", arguments.device);
  add("rule", arguments.rule);
  add("class", arguments.finding_class);
  add("state", arguments.state);
  add("after", arguments.after);
  return show_answer(ControlClient{*socket}.get(path), arguments.json, print);
}

Exit run_show(const Chosen& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  return show_answer(ControlClient{*socket}.get("/v1/findings/" + query_text(arguments.id)), arguments.json, print_one);
}

Exit run_set(const Chosen& arguments, const CLI::App& command) {
  Json change = Json::object();
  for (const auto& [name, value] : {std::pair{"state", &arguments.state}, std::pair{"owner", &arguments.owner},
                                    std::pair{"ticket", &arguments.ticket}, std::pair{"note", &arguments.note}})
    if (command.count(std::string{"--"} + name) > 0) change[name] = *value;
  if (change.empty()) {
    fmt::print(stderr, "sluice: nothing is to be changed: give --state, --owner, --ticket or --note\n");
    return Exit::usage;
  }
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  return show_answer(ControlClient{*socket}.patch("/v1/findings/" + query_text(arguments.id), change), arguments.json,
                     print_one);
}

void add_list(CLI::App& findings, Run& run) {
  auto arguments = std::make_shared<Listing>();
  auto* command = findings.add_subcommand("list", "List what was found, the last first");
  command->footer("Exit status: 0 done, 1 sluice-control does not answer or refuses, 2 errors in the command line.");
  command->add_option("--device", arguments->device, "Address of the device, or its id")->type_name("DEVICE");
  command->add_option("--rule", arguments->rule, "Id of the rule, LIST/ID")->type_name("RULE");
  command->add_option("--class", arguments->finding_class, "Class of the finding, as telemetry")->type_name("CLASS");
  command->add_option("--state", arguments->state, "new, triaged, confirmed, false-positive, accepted or closed")
      ->type_name("STATE");
  command->add_option("--after", arguments->after, "Go on where a page ended")->type_name("PLACE");
  command->add_option("--limit", arguments->limit, "Findings on a page")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_flag("--json", arguments->json, "The whole answer as JSON");
  arguments->control.add_options(*command);
  command->callback([arguments, &run] { run = [arguments] { return run_list(*arguments); }; });
}

void add_one(CLI::App& findings, Run& run, bool changes) {
  auto arguments = std::make_shared<Chosen>();
  auto* command = changes ? findings.add_subcommand("set", "Say what you make of a finding: state, owner, ticket, note")
                          : findings.add_subcommand("show", "Show one finding, its days and notes");
  command->footer(
      "Exit status: 0 done, 1 there is no such finding, or sluice-control does not answer, 2 errors in the command "
      "line.");
  command->add_option("id", arguments->id, "Its number, or the finding_id of an event")->required()->type_name("ID");
  if (changes) {
    command->add_option("--state", arguments->state, "new, triaged, confirmed, false-positive, accepted or closed")
        ->type_name("STATE");
    command->add_option("--owner", arguments->owner, "Who looks after it")->type_name("WHO");
    command->add_option("--ticket", arguments->ticket, "Where it is tracked")->type_name("URL");
    command->add_option("--note", arguments->note, "Added to the notes on it, with your name and the time")
        ->type_name("TEXT");
  }
  command->add_flag("--json", arguments->json, "The whole answer as JSON");
  arguments->control.add_options(*command);
  command->callback([arguments, command, changes, &run] {
    run = [arguments, command, changes] { return changes ? run_set(*arguments, *command) : run_show(*arguments); };
  });
}

}  // namespace

void add_findings_command(CLI::App& program, Run& run) {
  auto* findings = program.add_subcommand("findings", "What was found, as it is stored, and what people make of it");
  findings->require_subcommand(1);
  findings->footer(
      "A finding is a device, a rule and a destination, however often it is seen. It stays for store.keep_days after\n"
      "it was last seen.");
  add_list(*findings, run);
  add_one(*findings, run, false);
  add_one(*findings, run, true);
}

}  // namespace sluice
