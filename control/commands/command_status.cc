#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "control/commands/query_command.hh"
#include "control/text/safe_text.hh"
#include "control/text/table.hh"
#include "control/text/terminal.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

void line(const char* what, const std::string& value) {
  if (!value.empty()) std::cout << fmt::format("{:<12} {}\n", what, shown_text(value));
}

void print_packs(const Json& packs, std::size_t width) {
  if (packs.empty()) return;
  Table table{
      {{"Pack", 8}, {"Channel", 7}, {"Sequence", 8, true}, {"Rules", 7, true}, {"Expires", 10}, {"Digest", 16}}};
  for (const auto& pack : packs)
    table.add({text_at(pack, "name"), text_at(pack, "channel"), text_at(pack, "sequence"), text_at(pack, "rows"),
               text_at(pack, "expires"), text_at(pack, "digest")});
  std::cout << '\n';
  table.print(std::cout, width);
}

void print_ports(const Json& statistics, std::size_t width) {
  if (!statistics.is_object()) return;
  Table table{{{"Port", 8},
               {"Received", 8, true},
               {"Forwarded", 9, true},
               {"Dropped", 7, true},
               {"Transmitted", 11, true},
               {"Bytes in", 8, true},
               {"Bytes out", 9, true}}};
  for (const auto& [name, port] : statistics.at("ports").items()) {
    std::uint64_t dropped = 0;
    for (const auto& [reason, count] : port.at("packets").at("dropped").items()) dropped += count.get<std::uint64_t>();
    table.add({name, text_at(port["packets"], "received"), text_at(port["packets"], "forwarded"),
               std::to_string(dropped), text_at(port["packets"], "transmitted"), text_at(port["bytes"], "received"),
               text_at(port["bytes"], "transmitted")});
  }
  std::cout << '\n';
  table.print(std::cout, width);
}

// Nothing where there never was a guard.
std::string guard_line(const Json& bypass) {
  if (!bypass.is_object()) return "";
  const bool up = bypass.at("guard_up") == true;
  std::string text = !up ? "does not run" : bypass.at("holder") == "guard" ? "holds the wire" : "stands by";
  if (const auto order = text_at(bypass, "order"); order != "auto")
    text += fmt::format("; bypass is {}, ordered by user {}", order, text_at(bypass, "order_user"));
  return text;
}

// Empty where nothing was found.
std::string vantage_line(const Json& found) {
  std::string names;
  for (const auto& one : found) {
    names += (names.empty() ? "" : ", ") + text_at(one, "condition");
    if (const auto pair = text_at(one, "pair"); !pair.empty()) names += " (" + pair + ")";
  }
  return names.empty() ? "" : names + ": `sluice vantage` says more";
}

std::string link_text(const std::string& state) {
  if (state == "lost") return "is lost";
  if (state == "taken-down") return "is taken down, since the other side's is lost";
  return "was set up, and has not come yet";
}

void print(const Json& status) {
  const auto width = terminal_width();
  line("State", text_at(status, "state"));
  line("Since", text_at(status, "since"));
  line("Reason", text_at(status, "reason"));
  line("Mode", text_at(status, "mode"));
  line("Guard", guard_line(status.at("bypass")));
  for (const auto& link : status.at("links"))
    if (link.at("state") != "up")
      line("Link", fmt::format("{} {}", text_at(link, "port"), link_text(text_at(link, "state"))));
  line("Vantage", vantage_line(status.value("vantage", Json::array())));
  for (const auto& notice : status.at("notices")) line("Notice", notice.get<std::string>());
  line("Generation", text_at(status, "generation"));
  line("Ruleset", text_at(status, "ruleset_digest"));
  if (status.contains("manifest") && status["manifest"].is_object())
    line("Manifest",
         fmt::format("{}, sequence {}", text_at(status["manifest"], "name"), text_at(status["manifest"], "sequence")));
  std::string rules;
  for (const auto& [kind, count] : status.at("rules").items())
    if (count != 0) rules += fmt::format("{}{} {}", rules.empty() ? "" : ", ", count.dump(), kind);
  line("Rules", rules);
  if (status.at("rules_suspended") != 0)
    line("Suspended", text_at(status, "rules_suspended") + " rules, for their cost: `sluice rules cost` names them");
  line("Tap", text_at(status, "tap_id") + " at " + text_at(status, "site"));
  line("Packs", text_at(status, "packs_error"));
  const auto& statistics = status.at("statistics");
  if (statistics.is_object()) {
    line("Flows", text_at(statistics, "flows"));
    line("Findings", text_at(statistics, "findings"));
    if (statistics.at("events_lost") != 0) line("Events lost", text_at(statistics, "events_lost"));
  }
  const auto& eve = status.at("eve");
  if (!text_at(eve, "file").empty())
    line("EVE", fmt::format("{}, {} lines{}", text_at(eve, "file"), text_at(eve, "lines"),
                            eve.at("failing") == true ? ", cannot be written now" : ""));
  print_packs(status.at("packs"), width);
  print_ports(statistics, width);
}

}  // namespace

void add_status_command(CLI::App& program, Run& run) {
  add_query_command(
      program, run,
      {"status", "Say whether the tap inspects, by which rules, and what it counted",
       "States: INSPECTING, DEGRADED (inspects with less than it should), UNINSPECTED (forwards without looking),\n"
       "STARTING, STOPPED, ABSENT (no data plane), BYPASS (frames go past the data plane). Counters are those since\n"
       "the data plane's start.\n"
       "Exit status: 0 the data plane lives, 1 it does not, or sluice-control does not answer, 2 errors in the\n"
       "configuration.",
       "/v1/status", print,
       [](const Json& status) { return status.at("dataplane").at("up") == true ? Exit::ok : Exit::failed; }});
}

}  // namespace sluice
