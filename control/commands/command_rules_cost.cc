#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "control/api/control_client.hh"
#include "control/commands/query_command.hh"
#include "control/text/table.hh"
#include "control/text/terminal.hh"
#include "control/text/text_file.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t file_limit = std::size_t{1} << 30U;  // bytes of a report

struct Arguments {
  ControlAddress control;
  std::string file;  // empty: the running tap
  std::size_t top = 20;
  bool json = false;
};

tl::expected<std::string, Exit> answer_of(const Arguments& arguments) {
  const auto complain = [](const std::string& what) {
    fmt::print(stderr, "sluice: {}\n", what);
    return tl::unexpected(Exit::failed);
  };
  if (!arguments.file.empty()) {
    auto text = read_text_file(arguments.file, file_limit);
    if (!text) return complain(text.error());
    if (!*text) return complain(arguments.file + ": no such file");
    return std::move(**text);
  }
  const auto socket = arguments.control.socket();
  if (!socket) return tl::unexpected(socket.error());
  auto answer = ControlClient{*socket}.get("/v1/rules/cost");
  if (!answer) return complain(answer.error());
  return std::move(*answer);
}

std::string per_cent(const Json& rule, const char* key) {
  const auto& share = rule.at(key);
  return share.is_null() ? "" : fmt::format("{:.1f} %", share.get<double>() * 100);
}

std::string place(const Json& rule) {
  if (rule.at("file").is_null()) return "";
  return text_at(rule, "file") + (rule.at("line").is_null() ? "" : ":" + text_at(rule, "line"));
}

std::string state(const Json& rule) {
  if (!rule.at("suspended").is_null()) return "suspended: " + text_at(rule.at("suspended"), "cause");
  return rule.at("exempt") == true ? "exempt" : "";
}

void print(const Json& document) {
  const auto& rules = document.at("rules");
  fmt::print("{} signatures, {} of them tried, {} suspended\n", text_at(document, "signatures"), rules.size(),
             text_at(document, "suspended"));
  if (rules.empty()) return;
  Table table{{{"Rule", 16},
               {"Where", 10},
               {"Action", 6},
               {"Checked", 7, true},
               {"Matched", 7, true},
               {"Cycles each", 6, true},
               {"Of all", 6, true},
               {"Of time", 7, true},
               {"Limits", 6, true},
               {"State", 9}}};
  for (const auto& rule : rules)
    table.add({text_at(rule, "rule_id"), place(rule), text_at(rule, "action"), text_at(rule, "checked"),
               text_at(rule, "matched"), text_at(rule, "cycles_per_check"), per_cent(rule, "share"),
               per_cent(rule, "share_of_time"), text_at(rule, "limits"), state(rule)});
  std::cout << '\n';
  table.print(std::cout, terminal_width());
}

Exit run_cost(const Arguments& arguments) {
  const auto answer = answer_of(arguments);
  if (!answer) return answer.error();
  auto document = Json::parse(*answer, nullptr, false);
  if (!document.is_object() || !document.contains("rules") || !document["rules"].is_array()) {
    fmt::print(stderr, "sluice: {}: no report of `sluice replay --rule-cost`\n", arguments.file);
    return Exit::failed;
  }
  auto& rules = document["rules"].get_ref<Json::array_t&>();
  if (arguments.top != 0 && rules.size() > arguments.top)
    rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(arguments.top), rules.end());
  if (arguments.json)
    std::cout << document.dump(2) << '\n';
  else
    print(document);
  return std::cout.flush() ? Exit::ok : Exit::failed;
}

}  // namespace

void add_rules_cost_command(CLI::App& rules, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = rules.add_subcommand("cost", "Say what each signature costs: of the running tap, or of a replay");
  command->footer(
      "The dearest first: how often it was tried and matched, cycles of the time stamp counter for one try (one in\n"
      "16 is measured), its share of what all signatures cost, and of the workers' time since the rules are live.\n"
      "A signature that costs too much is suspended (rules.suspend_above_percent): it is not tried any more, until\n"
      "other rules are live or `sluice rules resume` is told to. Exit status 1 where nobody answers.");
  arguments->control.add_options(*command);
  command->add_option("--from", arguments->file, "What `sluice replay --rule-cost` wrote, in place of the running tap")
      ->type_name("FILE.json");
  command->add_option("--top", arguments->top, "So many of them; 0: all")->type_name("N")->capture_default_str();
  command->add_flag("--json", arguments->json, "As JSON");
  command->callback([arguments, &run] { run = [arguments] { return run_cost(*arguments); }; });
}

}  // namespace sluice
