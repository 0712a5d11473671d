#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "control/access/audit_log.hh"
#include "control/commands/command.hh"
#include "control/commands/query_command.hh"
#include "control/text/safe_text.hh"
#include "control/text/table.hh"
#include "control/text/terminal.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  ControlAddress control;
  std::uint64_t after = 0;
  unsigned limit = 100;
  std::string folder;
  bool json = false;
};

void print(const Json& document) {
  const auto& lines = document.at("lines");
  if (lines.empty()) {
    std::cout << "No line.\n";
    return;
  }
  Table table{{{"Number", 6, true},
               {"Time (UTC)", 10},
               {"Kind", 7},
               {"Who", 8},
               {"From", 8},
               {"What", 12},
               {"Answer", 6, true}}};
  for (const auto& line : lines) {
    auto what = text_at(line, "action");
    if (const auto subject = text_at(line, "subject"); !subject.empty()) what += (what.empty() ? "" : " ") + subject;
    if (const auto of = text_at(line, "of"); !of.empty()) what += " (" + of + ")";
    table.add({text_at(line, "number"), text_at(line, "time").substr(0, 19), text_at(line, "kind"),
               text_at(line, "actor"), text_at(line, "from"), what, text_at(line, "status")});
  }
  table.print(std::cout, terminal_width());
  if (const auto next = text_at(document, "next"); !next.empty())
    std::cout << fmt::format("\nThere are more: --after {}\n", next);
}

Exit run_list(const Arguments& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  return show_answer(
      ControlClient{*socket}.get(fmt::format("/v1/audit?after={}&limit={}", arguments.after, arguments.limit)),
      arguments.json, print);
}

Exit show_check(const Json& check, bool json) {
  if (json) {
    std::cout << check.dump(2) << '\n';
  } else if (check.at("holds").get<bool>()) {
    std::cout << fmt::format("The chain holds: lines {} to {}, the last with SHA-256 {}\n", text_at(check, "first"),
                             text_at(check, "last"), text_at(check, "head"));
  } else {
    std::cout << fmt::format("The chain does NOT hold: {}\n", shown_text(text_at(check, "fault")));
  }
  return check.at("holds").get<bool>() ? Exit::ok : Exit::failed;
}

Exit run_verify(const Arguments& arguments) {
  if (!arguments.folder.empty()) {
    const auto check = AuditLog::check(arguments.folder);
    if (!check) {
      fmt::print(stderr, "sluice: {}\n", check.error());
      return Exit::failed;
    }
    return show_check({{"holds", check->fault.empty()},
                       {"fault", check->fault},
                       {"lines", check->lines},
                       {"first", check->first},
                       {"last", check->last},
                       {"head", check->head}},
                      arguments.json);
  }
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  const auto answer = ControlClient{*socket}.get("/v1/audit/check");
  if (!answer) return show_answer(answer, false, print);
  return show_check(Json::parse(*answer), arguments.json);
}

}  // namespace

void add_audit_command(CLI::App& program, Run& run) {
  auto* audit = program.add_subcommand("audit", "What was changed on the tap, and by whom");
  audit->require_subcommand(1);
  audit->footer(
      "Each line holds the SHA-256 of the one before: what is changed in it or left out breaks the chain. That its end "
      "was\n"
      "cut off shows by the digest of the last line, which `verify` prints: keep it somewhere else.");
  auto arguments = std::make_shared<Arguments>();
  auto* list = audit->add_subcommand("list", "List lines of the audit, in order");
  list->footer("Exit status: 0 done, 1 sluice-control refuses or is not reachable, 2 wrong arguments.");
  list->add_option("--after", arguments->after, "Those behind the line of that number")->type_name("N");
  list->add_option("--limit", arguments->limit, "Lines of a page")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  list->add_flag("--json", arguments->json, "The whole answer as JSON");
  arguments->control.add_options(*list);
  list->callback([arguments, &run] { run = [arguments] { return run_list(*arguments); }; });

  auto* verify = audit->add_subcommand("verify", "Follow the chain from its first line to its last");
  verify->footer("Exit status: 0 it holds, 1 it does not or cannot be read, 2 wrong arguments.");
  verify->add_option("folder", arguments->folder, "A folder of the audit's files, in place of the running tap's")
      ->type_name("FOLDER");
  verify->add_flag("--json", arguments->json, "The whole answer as JSON");
  arguments->control.add_options(*verify);
  verify->callback([arguments, &run] { run = [arguments] { return run_verify(*arguments); }; });
}

}  // namespace sluice
