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

std::string live_text(const Json& pack) {
  if (!pack.at("live").is_boolean()) return "not known";
  return pack["live"] == true ? "live" : "";
}

void print(const Json& document) {
  if (document.at("packs").empty()) std::cout << "No pack is live, and none was pushed.\n";
  Table table{
      {{"Pack", 8}, {"Channel", 7}, {"Sequence", 8, true}, {"", 4}, {"Pushed", 10}, {"Expires", 10}, {"Digest", 16}}};
  for (const auto& pack : document["packs"])
    table.add({text_at(pack, "name"), text_at(pack, "channel"), text_at(pack, "sequence"), live_text(pack),
               text_at(pack, "pushed"), text_at(pack, "expires"), text_at(pack, "digest")});
  if (!document["packs"].empty()) table.print(std::cout, terminal_width());
  if (document.contains("packs_error"))
    std::cout << fmt::format("\nWhat is live is not known: {}\n", shown_text(text_at(document, "packs_error")));
  if (document.at("can_roll_back") == true)
    std::cout << "\n`sluice rollback` goes back to the packs before the last push.\n";
}

}  // namespace

void add_packs_command(CLI::App& program, Run& run) {
  add_query_command(program, run,
                    {"packs", "List the packs of rules that are live, and those that were pushed",
                     "Each list of the site's own is a pack of channel `site`. With --json also the pushes, each with "
                     "the packs that\n"
                     "it made live.\n"
                     "Exit status: 0 done, 1 sluice-control does not answer, 2 errors in the configuration.",
                     "/v1/packs", print, [](const Json&) { return Exit::ok; }});
}

}  // namespace sluice
