#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "control/commands/query_command.hh"
#include "control/text/safe_text.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

std::string name_of(const Json& check) {
  const auto pair = text_at(check, "pair");
  return text_at(check, "condition") + (pair.empty() ? "" : " (" + shown_text(pair) + ")");
}

void print(const Json& document) {
  const auto& checks = document.at("checks");
  if (checks.empty()) std::cout << "Nothing is known yet: no data plane was seen.\n";
  for (const auto& check : checks) {
    if (check.at("state") != "found") continue;
    std::cout << fmt::format("{}, since {}\n  {}\n  {}\n", name_of(check), text_at(check, "since"),
                             shown_text(text_at(check, "says")), text_at(check, "remedy"));
    for (const auto& device : check.value("devices", Json::array()))
      std::cout << fmt::format("  device {}\n", shown_text(device.get<std::string>()));
  }
  for (const auto& [state, title] : {std::pair{"not-found", "Not found:"}, std::pair{"not-known", "Not known:"}}) {
    std::string names;
    for (const auto& check : checks)
      if (check.at("state") == state) names += (names.empty() ? "" : ", ") + name_of(check);
    if (!names.empty()) std::cout << fmt::format("{:<12} {}\n", title, names);
  }
}

Exit exit_of(const Json& document) {
  for (const auto& check : document.at("checks"))
    if (check.at("state") == "found" && check.at("severity") == "wrong") return Exit::failed;
  return Exit::ok;
}

}  // namespace

void add_vantage_command(CLI::App& program, Run& run) {
  add_query_command(
      program, run,
      {"vantage", "Say whether the tap is wired so that it sees what it is to see",
       "Looked at every 5 s: ports-swapped (the devices are on the outside port), one-direction-only (one side is not\n"
       "heard), no-dhcp, nat-suspected (several devices behind one address), router-between. With little traffic it "
       "is\n"
       "not known. The first two are wrong; the others may be so on purpose.\n"
       "Exit status: 0 nothing is wrong as far as is known, 1 ports-swapped or one-direction-only was found, or\n"
       "sluice-control does not answer, 2 errors in the configuration.",
       "/v1/vantage", print, exit_of});
}

}  // namespace sluice
