#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

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
  std::string id;
  std::string vendor;
  std::string group;
  std::string address;
  std::string after;
  unsigned limit = 100;
  std::string name;
  std::string into;
  std::string identifier;
  bool json = false;
};

constexpr const char* exits =
    "Exit status: 0 done, 1 sluice-control does not answer or refuses, 2 errors in the command line.";

// What it is, as far as that is known.
std::string kind_of(const Json& device) {
  auto text = text_at(device, "vendor");
  for (const auto* key : {"model"})
    if (const auto more = text_at(device, key); !more.empty()) text += (text.empty() ? "" : " ") + more;
  if (device.contains("several")) text = "several devices";
  if (device.contains("forwards")) text += text.empty() ? "router" : " (router)";
  return text;
}

void print(const Json& document) {
  const auto& devices = document.at("devices");
  if (devices.empty()) {
    std::cout << "No device.\n";
    return;
  }
  Table table{{{"Device", 8},
               {"Name", 6},
               {"Group", 6},
               {"Address", 9},
               {"Make and model", 14},
               {"System", 8},
               {"Certainty", 9},
               {"Last seen (UTC)", 10}}};
  for (const auto& device : devices)
    table.add({text_at(device, "id").substr(0, 8), text_at(device, "name"), text_at(device, "group"),
               text_at(device, "address"), kind_of(device), text_at(device, "os"),
               text_at(device.at("certainty"), "vendor"), text_at(device, "last").substr(0, 19)});
  table.print(std::cout, terminal_width());
  if (const auto next = text_at(document, "next"); !next.empty())
    std::cout << fmt::format("\nThere are more: --after {}\n", next);
}

void print_one(const Json& device) {
  const auto line = [](const char* name, const std::string& text) {
    if (!text.empty()) std::cout << fmt::format("{:<12} {}\n", name, shown_text(text));
  };
  line("Device", text_at(device, "id"));
  for (const auto& [name, key] : {std::pair{"Name", "name"}, std::pair{"Group", "group"},
                                  std::pair{"Address", "address"}, std::pair{"Vendor", "vendor"},
                                  std::pair{"Model", "model"}, std::pair{"System", "os"}, std::pair{"Build", "build"}})
    line(name, text_at(device, key));
  const auto& certainty = device.at("certainty");
  line("Certainty", fmt::format("vendor {}, model {}, system {}", text_at(certainty, "vendor"),
                                text_at(certainty, "model"), text_at(certainty, "os")));
  if (device.contains("several")) {
    std::string reasons;
    for (const auto& reason : device.at("several"))
      reasons += (reasons.empty() ? "" : ", ") + reason.get<std::string>();
    line("Note", fmt::format("several devices behind one address: {}", reasons));
  }
  line("Routers", text_at(device, "routers_between"));
  if (device.contains("forwards")) line("Note", "its frames carry packets of several devices: a router stands between");
  line("Seen", fmt::format("{} to {}", text_at(device, "first"), text_at(device, "last")));
  for (const auto& one : device.at("identifiers"))
    line("Known by",
         fmt::format("{}{}, {} to {}", text_at(one, "identifier"), one.contains("random") ? " (made up)" : "",
                     text_at(one, "first"), text_at(one, "last")));
  for (const auto& vote : device.at("votes")) {
    std::string says;
    for (const auto* key : {"vendor", "model", "os", "build"})
      if (const auto text = text_at(vote, key); !text.empty()) says += (says.empty() ? "" : ", ") + text;
    line("Vote", fmt::format("{} (weight {}): {}; {} times, {}", text_at(vote, "from"), text_at(vote, "weight"), says,
                             text_at(vote, "count"), text_at(vote, "source")));
  }
}

// An id may be given by its first characters, where no other device has them.
tl::expected<std::string, std::string> whole_id(ControlClient& client, const std::string& start) {
  constexpr std::size_t id_size = 36;
  if (start.size() == id_size) return start;
  std::string found;
  for (std::string after = "-"; !after.empty();) {
    const auto answer = client.get("/v1/devices?limit=1000" + (after == "-" ? "" : "&after=" + after));
    if (!answer) return tl::unexpected(answer.error());
    const auto page = Json::parse(*answer);
    for (const auto& device : page.at("devices")) {
      const auto id = text_at(device, "id");
      if (!id.starts_with(start)) continue;
      if (!found.empty()) return tl::unexpected(start + ": several devices have ids that begin so: give more of it");
      found = id;
    }
    after = text_at(page, "next");
  }
  if (found.empty())
    return tl::unexpected(start + ": no device has an id that begins so; `sluice devices list` has them");
  return found;
}

Exit run_list(const Arguments& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  auto path = fmt::format("/v1/devices?limit={}", arguments.limit);
  for (const auto& [name, value] : {std::pair{"vendor", &arguments.vendor}, std::pair{"group", &arguments.group},
                                    std::pair{"address", &arguments.address}, std::pair{"after", &arguments.after}})
    if (!value->empty()) path += fmt::format("&{}={}", name, query_text(*value));
  return show_answer(ControlClient{*socket}.get(path), arguments.json, print);
}

// Of one device; `ask` gets its whole id.
template <class Ask>
Exit run_one(const Arguments& arguments, Ask ask) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  ControlClient client{*socket};
  const auto id = whole_id(client, arguments.id);
  if (!id) return show_answer(tl::unexpected(id.error()), false, print_one);
  return show_answer(ask(client, *id), arguments.json, print_one);
}

Exit run_show(const Arguments& arguments) {
  return run_one(arguments,
                 [](ControlClient& client, const std::string& id) { return client.get("/v1/devices/" + id); });
}

Exit run_set(const Arguments& arguments, const CLI::App& command) {
  Json change = Json::object();
  if (command.count("--name") > 0) change["name"] = arguments.name;
  if (command.count("--group") > 0) change["group"] = arguments.group;
  if (change.empty()) {
    fmt::print(stderr, "sluice: nothing is to be changed: give --name or --group\n");
    return Exit::usage;
  }
  return run_one(arguments, [&](ControlClient& client, const std::string& id) {
    return client.patch("/v1/devices/" + id, change);
  });
}

Exit run_join(const Arguments& arguments) {
  return run_one(arguments, [&](ControlClient& client, const std::string& id) -> ControlClient::Answer {
    const auto into = whole_id(client, arguments.into);
    if (!into) return tl::unexpected(into.error());
    return client.post("/v1/devices/" + id + "/join?into=" + *into, "", "");
  });
}

Exit run_split(const Arguments& arguments) {
  return run_one(arguments, [&](ControlClient& client, const std::string& id) {
    return client.post("/v1/devices/" + id + "/split?identifier=" + query_text(arguments.identifier), "", "");
  });
}

CLI::App* add(CLI::App& devices, const char* name, const char* about, const std::shared_ptr<Arguments>& arguments) {
  auto* command = devices.add_subcommand(name, about);
  command->footer(exits);
  if (std::string_view{name} != "list")
    command->add_option("id", arguments->id, "Its id, or the first characters of it")->required()->type_name("DEVICE");
  command->add_flag("--json", arguments->json, "The whole answer as JSON");
  arguments->control.add_options(*command);
  return command;
}

void add_list(CLI::App& devices, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = add(devices, "list", "List the devices, the one seen last first", arguments);
  command->add_option("--vendor", arguments->vendor, "Of that vendor, as the list has it")->type_name("NAME");
  command->add_option("--group", arguments->group, "Of that group")->type_name("NAME");
  command->add_option("--address", arguments->address, "Seen last at that address")->type_name("ADDRESS");
  command->add_option("--after", arguments->after, "Go on where a page ended")->type_name("PLACE");
  command->add_option("--limit", arguments->limit, "Devices on a page")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->callback([arguments, &run] { run = [arguments] { return run_list(*arguments); }; });
}

}  // namespace

void add_devices_command(CLI::App& program, Run& run) {
  auto* devices =
      program.add_subcommand("devices", "Who is on the inside: make, model and system, and why we think so");
  devices->require_subcommand(1);
  devices->footer(
      "A device is neither an address nor a hardware address: it is known again by its DHCP client id, by the id of a\n"
      "push service, by a name of its own. What it says of itself are votes; `show` lists them all.");
  add_list(*devices, run);
  auto arguments = std::make_shared<Arguments>();
  add(*devices, "show", "Show one device, by what it is known, and each vote", arguments)->callback([arguments, &run] {
    run = [arguments] { return run_show(*arguments); };
  });
  auto* set = add(*devices, "set", "Give a device a name or a group", arguments);
  set->add_option("--name", arguments->name, "What you call it")->type_name("TEXT");
  set->add_option("--group", arguments->group, "The group that it belongs to")->type_name("TEXT");
  set->callback([arguments, set, &run] { run = [arguments, set] { return run_set(*arguments, *set); }; });
  auto* join = add(*devices, "join", "Say that two devices are one", arguments);
  join->add_option("into", arguments->into, "The one that stays")->required()->type_name("INTO");
  join->callback([arguments, &run] { run = [arguments] { return run_join(*arguments); }; });
  auto* split = add(*devices, "split", "Say that what has an identifier is another device", arguments);
  split->add_option("identifier", arguments->identifier, "As `show` has it, KIND:DIGEST")
      ->required()
      ->type_name("IDENTIFIER");
  split->callback([arguments, &run] { run = [arguments] { return run_split(*arguments); }; });
}

}  // namespace sluice
