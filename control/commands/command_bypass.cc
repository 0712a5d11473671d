#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "control/api/control_client.hh"
#include "control/commands/command.hh"
#include "control/commands/query_command.hh"

namespace sluice {
namespace {

struct Arguments {
  ControlAddress control;
  std::string order;
};

Exit run_bypass(const Arguments& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  const auto answer = ControlClient{*socket}.post("/v1/bypass?order=" + arguments.order, "", "");
  if (!answer) {
    fmt::print(stderr, "sluice: {}\n", answer.error());
    return Exit::failed;
  }
  const auto guard = nlohmann::ordered_json::parse(*answer);
  const bool past = text_at(guard, "holder") == "guard";
  fmt::print("Bypass is {}: {}.\n", text_at(guard, "order"),
             past ? "frames go past the data plane, and are not inspected" : "the data plane has the wire");
  return Exit::ok;
}

}  // namespace

void add_bypass_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("bypass", "Lead all frames past the data plane, or see to it that none are");
  command->footer(
      "on: sluice-guard leads every frame from port to port, uninspected and unblocked, until another order comes;\n"
      "the state of the tap is BYPASS. off: nothing is led past the data plane, even while it cannot forward: the\n"
      "wire is dead then. auto, the default: frames go past the data plane while it cannot forward. The order\n"
      "outlives sluice-guard, not the machine's next start. Who gives it stands in sluice-guard's messages and in\n"
      "`sluice status`.\n"
      "For traffic of some devices, VLANs or networks alone, forwarded without a look, see `policy.traffic` with\n"
      "`exempt` (config/README.md).\n"
      "Exit status: 0 sluice-guard goes by it, 1 it does not, or there is none; the reason is on standard error,\n"
      "2 errors in the command line or in the configuration that names the socket.");
  command->add_option("order", arguments->order, "on, off or auto")
      ->required()
      ->check(CLI::IsMember({"on", "off", "auto"}));
  arguments->control.add_options(*command);
  command->callback([arguments, &run] { run = [arguments] { return run_bypass(*arguments); }; });
}

}  // namespace sluice
