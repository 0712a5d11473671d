#include "control/commands/query_command.hh"

#include <fmt/format.h>

#include <cctype>
#include <iostream>
#include <memory>
#include <string_view>

namespace sluice {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  ControlAddress control;
  bool json = false;
};

Exit ask(const Arguments& arguments, const QueryCommand& query) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  const auto answer = ControlClient{*socket}.get(query.path);
  if (!answer) {
    fmt::print(stderr, "sluice: {}\n", answer.error());
    return Exit::failed;
  }
  const auto document = Json::parse(*answer);
  if (arguments.json)
    std::cout << *answer;
  else
    query.print(document);
  return query.exit_of(document);
}

}  // namespace

void add_query_command(CLI::App& program, Run& run, const QueryCommand& query) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand(query.name, query.about);
  command->footer(query.footer);
  arguments->control.add_options(*command);
  command->add_flag("--json", arguments->json, "The whole answer as JSON");
  command->callback([arguments, query, &run] { run = [arguments, query] { return ask(*arguments, query); }; });
}

Exit show_answer(const ControlClient::Answer& answer, bool json, void (*print)(const Json& answer)) {
  if (!answer) {
    fmt::print(stderr, "sluice: {}\n", answer.error());
    return Exit::failed;
  }
  if (json)
    std::cout << *answer;
  else
    print(Json::parse(*answer));
  return Exit::ok;
}

std::string query_text(const std::string& value) {
  std::string out;
  for (const char character : value) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::isalnum(byte) != 0 || std::string_view{"-._~"}.find(character) != std::string_view::npos)
      out += character;
    else
      out += fmt::format("%{:02X}", byte);
  }
  return out;
}

std::string text_at(const Json& answer, const char* key) {
  const auto found = answer.find(key);
  if (found == answer.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace sluice
