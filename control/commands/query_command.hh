// The commands that ask the control plane one question and show its answer: for people, or with --json as it came.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "control/api/control_client.hh"
#include "control/commands/command.hh"

namespace sluice {

struct QueryCommand {
  const char* name;
  const char* about;   // one line
  const char* footer;  // what the help says below the options
  const char* path;    // of the API
  void (*print)(const nlohmann::ordered_json& answer);
  Exit (*exit_of)(const nlohmann::ordered_json& answer);
};

void add_query_command(CLI::App& program, Run& run, const QueryCommand& query);

// As it came, or for people; what went wrong is said.
[[nodiscard]] Exit show_answer(const ControlClient::Answer& answer, bool json,
                               void (*print)(const nlohmann::ordered_json& answer));

// A value in a query (RFC 3986 section 2.1).
[[nodiscard]] std::string query_text(const std::string& value);

// A value of an answer as text; numbers as they are, empty where it is absent or null.
[[nodiscard]] std::string text_at(const nlohmann::ordered_json& answer, const char* key);

}  // namespace sluice
