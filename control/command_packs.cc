#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "control/command.hh"
#include "control/control_client.hh"
#include "control/safe_text.hh"
#include "control/table.hh"
#include "control/terminal.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  ControlAddress control;
  bool json = false;
};

std::string text_at(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

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

Exit run_packs(const Arguments& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  const auto answer = ControlClient{*socket}.get("/v1/packs");
  if (!answer) {
    fmt::print(stderr, "sluice: {}\n", answer.error());
    return Exit::failed;
  }
  if (arguments.json)
    std::cout << *answer;
  else
    print(Json::parse(*answer));
  return Exit::ok;
}

}  // namespace

void add_packs_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("packs", "List the packs of rules that are live, and those that were pushed");
  command->footer(
      "Each list of the site's own is a pack of channel `site`. With --json also the pushes, each with the packs that\n"
      "it made live.\n"
      "Exit status: 0 done, 1 sluice-control does not answer, 2 errors in the configuration.");
  arguments->control.add_options(*command);
  command->add_flag("--json", arguments->json, "The whole answer as JSON");
  command->callback([arguments, &run] { run = [arguments] { return run_packs(*arguments); }; });
}

}  // namespace sluice
