#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "control/api/control_client.hh"
#include "control/capture/capture_frame.hh"
#include "control/commands/command.hh"
#include "control/commands/end_signals.hh"
#include "control/text/safe_text.hh"
#include "dataplane/capture/capture_writer.hh"
#include "dataplane/event/packet_copy.hh"

namespace sluice {
namespace {

using Json = nlohmann::json;

constexpr std::uint16_t ethernet_link_type = 1;  // LINKTYPE_ETHERNET
constexpr std::size_t interfaces_limit = 64;

struct Arguments {
  ControlAddress control;
  std::vector<std::string> filter;
  std::vector<std::string> interfaces;
  std::vector<std::string> pairs;
  std::uint64_t packets = 1000;
  std::uint32_t seconds = 60;
  std::uint64_t bytes = std::uint64_t{64} << 20U;
  std::uint32_t snap_length = copied_bytes_limit;
  std::string path;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const auto c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string request_of(const Arguments& arguments) {
  std::string filter;
  for (const auto& word : arguments.filter) filter += (filter.empty() ? "" : " ") + word;
  auto path = fmt::format("/v1/capture?filter={}&packets={}&seconds={}&bytes={}&snaplen={}", escaped(filter),
                          arguments.packets, arguments.seconds, arguments.bytes, arguments.snap_length);
  for (const auto& name : arguments.interfaces) path += "&interface=" + escaped(name);
  for (const auto& name : arguments.pairs) path += "&pair=" + escaped(name);
  return path;
}

// What comes, written as it comes.
class Recorder {
 public:
  explicit Recorder(CaptureWriter writer) : writer_(std::move(writer)) {}

  void take(std::string_view bytes) {
    frames_.add(bytes);
    while (auto frame = frames_.next()) {
      if (frame->kind == CaptureFrameKind::packet) packet(frame->body);
      if (frame->kind == CaptureFrameKind::ports) name_ports(frame->body);
      if (frame->kind == CaptureFrameKind::end) end_ = Json::parse(frame->body, nullptr, false);
    }
    if (frames_.is_broken() && error_.empty())
      error_ = "sluice-control sends what is no capture: are both of one version?";
  }
  [[nodiscard]] std::string close() {
    if (const auto closed = writer_.close(); !closed && error_.empty()) error_ = closed.error().message;
    return error_;
  }
  [[nodiscard]] bool has_failed() const noexcept { return !error_.empty(); }
  [[nodiscard]] std::uint64_t written() const noexcept { return written_; }
  [[nodiscard]] const Json& end() const noexcept { return end_; }

 private:
  void name_ports(const std::string& text) {
    const auto names = Json::parse(text, nullptr, false);
    if (!names.is_array()) return;
    for (const auto& name : names) {
      if (interfaces_.size() == interfaces_limit) return;
      CaptureInterface interface;
      interface.link_type = ethernet_link_type;
      interface.clock = CaptureClock{nanosecond_resolution, 0};
      if (name.is_string()) interface.name = name.get<std::string>();
      interfaces_.push_back(std::move(interface));
    }
  }
  void packet(const std::string& record) {
    const auto copy = read_packet_copy(as_bytes(record));
    if (!copy || copy->head.port >= interfaces_.size()) {
      error_ = "sluice-control sends a packet that is none";
      return;
    }
    CapturedPacket packet;
    packet.data = copy->bytes;
    packet.wire_length = copy->head.wire_length;
    packet.time = tick_from_nanoseconds(copy->head.time_ns);
    packet.link_type = ethernet_link_type;
    packet.interface = copy->head.port;
    if (const auto done = writer_.write(packet, interfaces_[packet.interface]); !done && error_.empty())
      error_ = done.error().message;
    ++written_;
  }

  CaptureWriter writer_;
  CaptureFrames frames_;
  std::vector<CaptureInterface> interfaces_;
  std::uint64_t written_ = 0;
  Json end_;
  std::string error_;
};

// Ends a capture at a signal, so that its file is whole.
class Ending {
 public:
  explicit Ending(ControlClient& client)
      : thread_([this, &client](const std::stop_token& done) {
          while (!done.stop_requested()) {
            if (signals_.ask(look)) asked_ = true;
            if (asked_) client.stop();  // again, where it had not begun
          }
        }) {}
  [[nodiscard]] bool asked() const noexcept { return asked_; }

 private:
  static constexpr std::chrono::milliseconds look{100};

  EndSignals signals_;
  std::atomic<bool> asked_{false};
  std::jthread thread_;  // joined before what it uses is gone
};

std::string reason_text(const std::string& end) {
  if (end == "packets") return "that many were asked for";
  if (end == "bytes") return "so many bytes were asked for";
  if (end == "time") return "the time is over";
  if (end == "gone") return "the data plane has ended";
  return "it was ended";
}

Exit run_capture(const Arguments& arguments) {
  const auto socket = arguments.control.socket();
  if (!socket) return socket.error();
  CaptureFormat format;
  format.kind = CaptureKind::pcapng;
  auto writer = CaptureWriter::open(arguments.path, format);
  if (!writer) {
    fmt::print(stderr, "sluice: {}\n", writer.error().message);
    return Exit::failed;
  }
  Recorder recorder{std::move(*writer)};
  ControlClient client{*socket};
  const Ending ending{client};
  const auto followed = client.follow(request_of(arguments), [&](std::string_view bytes) {
    recorder.take(bytes);
    if (recorder.has_failed()) client.stop();
  });
  const auto error = recorder.close();
  for (const auto& wrong : {error, followed ? std::string{} : followed.error()})
    if (!wrong.empty()) {
      fmt::print(stderr, "sluice: {}\n", wrong);
      return Exit::failed;
    }
  const auto& end = recorder.end();
  if (ending.asked()) {
    fmt::print("{} packets: a signal ended it\n", recorder.written());
    return Exit::ok;
  }
  if (!end.is_object()) {
    fmt::print(stderr, "sluice: the capture broke off after {} packets: sluice-control has ended\n",
               recorder.written());
    return Exit::failed;
  }
  fmt::print("{} packets: {}\n", recorder.written(), reason_text(end.value("end", "")));
  for (const auto& [name, what] :
       {std::pair{"beyond_rate", "beyond the rate of a capture"}, std::pair{"without_room", "for want of room"}})
    if (const auto lost = end.value(name, std::uint64_t{0}); lost != 0)
      fmt::print("{} packets that match were left out: {}\n", lost, what);
  return Exit::ok;
}

}  // namespace

void add_capture_command(CLI::App& program, Run& run) {
  auto arguments = std::make_shared<Arguments>();
  auto* command = program.add_subcommand("capture", "Copy packets of chosen traffic into a file");
  command->footer(
      "FILTER is written as for tcpdump (pcap-filter(7)); none: every packet. The traffic goes on as ever. Packets "
      "are\n"
      "copied as they come in, those too that are dropped then; none of what policy.traffic exempts. The tap must "
      "allow\n"
      "it (events.captures), takes one capture at a time, and says in its events who asked for what (`capture`). More\n"
      "than 20,000 packets or 10 MiB a second and worker are left out, and said. SIGINT ends it, with a whole file.\n"
      "Exit status: 0 it ended at one of its bounds or at a signal, 1 refused, or it broke off; the reason is on "
      "standard error, 2\n"
      "errors in the command line or in the configuration that names the socket.");
  arguments->control.add_options(*command);
  command->add_option("filter", arguments->filter, "Which packets")->type_name("FILTER");
  command->add_option("-w,--write", arguments->path, "The file, pcapng")->required()->type_name("FILE");
  command
      ->add_option("--interface", arguments->interfaces, "Only what comes in at this port; may be given several times")
      ->type_name("PORT")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--pair", arguments->pairs, "Only what comes in at this pair of ports; likewise")
      ->type_name("NAME")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--packets", arguments->packets, "End after so many")->type_name("N")->capture_default_str();
  command->add_option("--seconds", arguments->seconds, "End after so long, 3600 at most")
      ->check(CLI::Range(1, 3600))
      ->type_name("S")
      ->capture_default_str();
  command->add_option("--bytes", arguments->bytes, "End after so many bytes of packets")
      ->type_name("B")
      ->capture_default_str();
  command->add_option("--snaplen", arguments->snap_length, "Of each packet so many bytes")
      ->check(CLI::Range(1U, copied_bytes_limit))
      ->type_name("L")
      ->capture_default_str();
  command->callback([arguments, &run] { run = [arguments] { return run_capture(*arguments); }; });
}

}  // namespace sluice
