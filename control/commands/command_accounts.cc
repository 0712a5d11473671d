#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "control/commands/command.hh"
#include "control/commands/query_command.hh"
#include "control/text/safe_text.hh"
#include "control/text/table.hh"
#include "control/text/terminal.hh"

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* exits = "Exit status: 0 done, 1 sluice-control refuses or is not reachable, 2 wrong arguments.";
constexpr const char* roles_help =
    "metrics, operator, analyst, privacy, auditor or admin; control/access/README.md says what each may do";

struct Arguments {
  ControlAddress control;
  std::string name;
  std::vector<std::string> roles, groups;
  bool all_groups = false;
  unsigned days = 365;
  std::string token;
  bool json = false;
};

std::string joined(const Json& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ", ") + name.get<std::string>();
  return text;
}

std::string tokens_of(const Json& account) {
  std::string text;
  for (const auto& token : account.at("tokens")) {
    const auto expires = text_at(token, "expires").substr(0, 10);
    text += (text.empty() ? "" : ", ") + text_at(token, "id") + (expires.empty() ? "" : " until " + expires);
  }
  return text;
}

void print(const Json& document) {
  const auto& accounts = document.at("accounts");
  if (accounts.empty()) {
    std::cout << "No account: the API is on the socket alone, or has not been served by HTTPS yet.\n";
    return;
  }
  Table table{{{"Account", 7}, {"Roles", 5}, {"Groups", 6}, {"Tokens", 6}}};
  for (const auto& account : accounts)
    table.add({text_at(account, "name"), joined(account.at("roles")),
               account.at("groups").empty() ? "(all)" : joined(account.at("groups")), tokens_of(account)});
  table.print(std::cout, terminal_width());
}

void print_one(const Json& account) {
  std::cout << fmt::format("{}: {}; sees {}\n", shown_text(text_at(account, "name")), joined(account.at("roles")),
                           account.at("groups").empty() ? "all devices" : shown_text(joined(account.at("groups"))));
}

void print_token(const Json& granted) {
  std::cout << text_at(granted, "token") << '\n';
  const auto expires = text_at(granted, "expires").substr(0, 10);
  std::cerr << fmt::format("sluice: token {} of {}, {}; it is not shown again\n", text_at(granted, "id"),
                           shown_text(text_at(granted, "account")), expires.empty() ? "for ever" : "until " + expires);
}

void print_done(const Json&) {}

// `ask` gets the client.
template <class Ask>
Exit run_with(const Arguments& arguments, void (*shown)(const Json&), Ask ask) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  ControlClient client{*socket};
  return show_answer(ask(client), arguments.json, shown);
}

std::string path_of(const Arguments& arguments) { return "/v1/accounts/" + query_text(arguments.name); }

Exit run_add(const Arguments& arguments) {
  const Json body = {{"name", arguments.name}, {"roles", arguments.roles}, {"groups", arguments.groups}};
  return run_with(arguments, print_one,
                  [&](ControlClient& client) { return client.post("/v1/accounts", body.dump(), ""); });
}

Exit run_set(const Arguments& arguments) {
  Json change = Json::object();
  if (!arguments.roles.empty()) change["roles"] = arguments.roles;
  if (!arguments.groups.empty() || arguments.all_groups) change["groups"] = arguments.groups;
  if (change.empty()) {
    fmt::print(stderr, "sluice: nothing is to be changed: give --role, --group or --all-groups\n");
    return Exit::usage;
  }
  return run_with(arguments, print_one,
                  [&](ControlClient& client) { return client.patch(path_of(arguments), change); });
}

CLI::App* add(CLI::App& accounts, const char* name, const char* about, const std::shared_ptr<Arguments>& arguments) {
  auto* command = accounts.add_subcommand(name, about);
  command->footer(exits);
  if (std::string_view{name} != "list")
    command->add_option("name", arguments->name, "Of the account")->required()->type_name("NAME");
  command->add_flag("--json", arguments->json, "The whole answer as JSON");
  arguments->control.add_options(*command);
  return command;
}

void add_rights(CLI::App& command, Arguments& arguments, bool is_new) {
  auto* role = command.add_option("--role", arguments.roles, roles_help)->type_name("ROLE");
  if (is_new) role->required();
  auto* group = command.add_option("--group", arguments.groups, "A group of devices that it sees; without any, all")
                    ->type_name("NAME");
  if (!is_new) command.add_flag("--all-groups", arguments.all_groups, "It sees all devices again")->excludes(group);
}

}  // namespace

void add_accounts_command(CLI::App& program, Run& run) {
  auto* accounts = program.add_subcommand("accounts", "Who may ask the API over HTTPS, and what each may do");
  accounts->require_subcommand(1);
  accounts->footer(
      "The API is served by HTTPS where control.api_listen says so. Who may open the control plane's socket needs no\n"
      "account. Each change stands in the audit: `sluice audit list`.");
  auto arguments = std::make_shared<Arguments>();
  const auto command = [&](CLI::App* made, auto work) {
    made->callback([arguments, work, &run] { run = [arguments, work] { return work(*arguments); }; });
  };
  command(add(*accounts, "list", "List the accounts", arguments), [](const Arguments& given) {
    return run_with(given, print, [](ControlClient& client) { return client.get("/v1/accounts"); });
  });
  auto* made = add(*accounts, "add", "Make an account", arguments);
  add_rights(*made, *arguments, true);
  command(made, run_add);
  auto* set = add(*accounts, "set", "Change what an account may do: what is given replaces what was", arguments);
  add_rights(*set, *arguments, false);
  command(set, run_set);
  command(add(*accounts, "remove", "Remove an account and its tokens", arguments), [](const Arguments& given) {
    return run_with(given, print_done, [&](ControlClient& client) { return client.remove(path_of(given)); });
  });
  auto* token = add(*accounts, "token", "Make a token, which is shown this once", arguments);
  token->add_option("--days", arguments->days, "It holds so long; 0 for ever")
      ->type_name("N")
      ->check(CLI::Range(0, 3650))
      ->capture_default_str();
  command(token, [](const Arguments& given) {
    return run_with(given, print_token, [&](ControlClient& client) {
      return client.post(fmt::format("{}/tokens?days={}", path_of(given), given.days), "", "");
    });
  });
  auto* revoke = add(*accounts, "revoke", "Take back a token", arguments);
  revoke->add_option("token", arguments->token, "Its id, as `list` has it")->required()->type_name("ID");
  command(revoke, [](const Arguments& given) {
    return run_with(given, print_done, [&](ControlClient& client) {
      return client.remove(path_of(given) + "/tokens?token=" + query_text(given.token));
    });
  });
}

}  // namespace sluice
