#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <iostream>
#include <memory>
#include <mutex>
#include <thread>

#include "control/api/control_client.hh"
#include "control/commands/command.hh"
#include "control/commands/end_signals.hh"
#include "control/eve/eve_file.hh"
#include "control/text/terminal.hh"

namespace sluice {
namespace {

struct Arguments {
  ControlAddress control;
  std::string eve_path;
};

constexpr std::chrono::milliseconds look{50};

// One of the streams of the API, taken on a thread of its own.
class Following {
 public:
  // Whole lines, without their ends; empty ones only say that the connection lives.
  using Take = std::function<void(const std::string& line)>;

  Following(const std::string& socket, std::string path, Take take)
      : client_(socket), path_(std::move(path)), take_(std::move(take)), thread_([this] { run(); }) {}
  ~Following() { end(); }
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

  [[nodiscard]] bool has_ended() const noexcept { return ended_; }
  // Why it ended by itself; empty where sluice-control ended it in good order. Valid once it has ended.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }
  void end() {
    if (!thread_.joinable()) return;
    client_.stop();
    thread_.join();
  }

 private:
  void run() {
    const auto done = client_.follow(path_, [this](std::string_view text) {
      rest_ += text;
      std::size_t begin = 0;
      for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
        if (end > begin) take_(rest_.substr(begin, end - begin));
        begin = end + 1;
      }
      rest_.erase(0, begin);
    });
    if (!done) error_ = done.error();
    ended_ = true;
  }

  ControlClient client_;
  std::string path_;
  Take take_;
  std::string rest_;
  std::string error_;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

Exit complain(const std::string& what) {
  fmt::print(stderr, "sluice: {}\n", what);
  return Exit::failed;
}

Exit run_watch(const Arguments& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  EveFile eve;
  if (!arguments.eve_path.empty() && !eve.open(arguments.eve_path))
    return complain(arguments.eve_path + ": " + std::strerror(errno));
  const bool to_output = arguments.eve_path == "-";
  const EndSignals signals;

  std::atomic<bool> is_full{false};
  std::unique_ptr<Following> events;
  if (eve.is_open())
    events = std::make_unique<Following>(*socket, "/v1/events?format=eve", [&](const std::string& line) {
      eve.write(line);
      if (!eve.flush()) is_full = true;
    });
  std::unique_ptr<Following> findings;
  if (!to_output)
    findings = std::make_unique<Following>(*socket, "/v1/events",
                                           [](const std::string& line) { std::cout << line << std::endl; });

  const auto ended = [](const auto& following) { return following != nullptr && following->has_ended(); };
  bool asked = false;
  while (!asked && !is_full && !ended(events) && !ended(findings)) asked = signals.ask(look);
  // The table first: when it comes, every event up to now has been sent on its way.
  const auto table = to_output ? ControlClient::Answer{""}
                               : ControlClient{*socket}.get(fmt::format("/v1/findings?format=text&width={}",
                                                                        std::min<std::size_t>(terminal_width(), 1000)));
  if (asked) std::this_thread::sleep_for(look);
  for (const auto& following : {events.get(), findings.get()})
    if (following != nullptr) following->end();
  if (is_full) return complain(arguments.eve_path + ": no room, or an error while writing");
  for (const auto& following : {events.get(), findings.get()})
    if (following != nullptr && !following->error().empty()) return complain(following->error());
  if (!table) return complain(table.error());
  if (!to_output) std::cout << '\n' << *table << std::flush;
  if (!asked) return complain("sluice-control has ended");
  return Exit::ok;
}

}  // namespace

void add_watch_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("watch", "Follow a running tap: a line for each finding as it comes");
  command->footer(
      "SIGINT ends it with a table of all findings since sluice-control was started, and of what could not be seen.\n"
      "Any number may watch, up to eight streams at a time.\n"
      "Exit status: 0 ended as asked, 1 sluice-control does not answer or has ended, or no room for EVE, 2 errors in\n"
      "the configuration.");
  arguments->control.add_options(*command);
  command->add_option("--eve", arguments->eve_path, "Write every event as EVE JSON; - for standard output")
      ->type_name("OUT.json");
  command->callback([arguments, &run] { run = [arguments] { return run_watch(*arguments); }; });
}

}  // namespace sluice
