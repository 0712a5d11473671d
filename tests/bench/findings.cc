// What the control plane takes for a finding: alerts come through a ring of shared memory at a rate, as a worker puts
// them there, and become lines of EVE, rows of the table and of the store. Counts what finds no room, and the CPU time
// of all threads but the one that makes them.
#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "control/store/store_desk.hh"
#include "control/tap/event_loop.hh"
#include "dataplane/event/event.hh"
#include "dataplane/event/event_sink.hh"
#include "dataplane/exchange/shared_memory.hh"
#include "rules/pack/pack.hh"
#include "tests/bench/random.hh"
#include "tests/bench/thread_clock.hh"

using namespace sluice;
using namespace sluice::bench;

namespace {

constexpr std::uint64_t ring_bytes = 4U << 20U;  // as `events.ring_bytes` has it
constexpr std::uint32_t listed = 1000;

struct Options {
  double seconds = 10;
  double rate = 100'000;  // alerts a second
  std::uint32_t devices = 10'000;
  std::uint32_t names = 5;  // of each device
  bool without_eve = false;
};

struct Folder {
  Folder() {
    auto name = (std::filesystem::temp_directory_path() / "sluice-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error{"cannot make a folder in " + name};
    path = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path;
};

std::string listed_name(std::uint32_t row) { return fmt::format("d{}.listed.example", row); }

SealedFiles rules() {
  Pack pack;
  pack.info = {"bench", "test", 1, 1'700'000'000'000'000'000, 0, {}};
  for (std::uint32_t row = 0; row < listed; ++row) {
    Indicator indicator;
    indicator.name = listed_name(row);
    indicator.facts.rule_id = fmt::format("bench/{}", row);
    indicator.facts.subject = indicator.name;
    indicator.facts.kind = RuleKind::domain;
    indicator.facts.finding_class = FindingClass::telemetry;
    indicator.facts.confidence = Confidence::high;
    indicator.facts.recipient = "Example Phones";
    indicator.facts.source = "a paper";
    indicator.facts.generator_id = alert_generator_id;
    indicator.facts.signature_id = signature_id(indicator.facts.finding_class);
    pack.rules.indicators.push_back(std::move(indicator));
  }
  auto file = SealedMemory::copy_of(write_pack(pack), "bench");
  if (!file) throw std::runtime_error{file.error()};
  return {std::make_shared<const SealedMemory>(std::move(*file))};
}

double process_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

struct Sent {
  std::uint64_t alerts = 0;
  double seconds = 0;      // by the clock
  double cpu_seconds = 0;  // to make them
};

Sent send(SharedMemory& memory, const Options& options, InspectionCounters& counted) {
  using Clock = std::chrono::steady_clock;
  auto sink = memory.sink(0);
  auto& heartbeat = memory.layout().worker(0).heartbeat;
  std::array<std::uint8_t, event_size_limit> buffer{};
  Random random{1};
  Sent sent;
  const auto cpu = thread_nanoseconds();
  const auto begin = Clock::now();
  for (;;) {
    sent.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (sent.seconds >= options.seconds) break;
    ++heartbeat;
    while (static_cast<double>(sent.alerts) < sent.seconds * options.rate) {
      const auto device = random.below(options.devices);
      const auto row = (device + random.below(options.names) * 7919U) % listed;
      EventHeader header;
      header.type = EventType::alert;
      header.inside = Inside::source;
      header.ip_protocol = 6;
      header.time = Tick{std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
      header.flow_id = ++sent.alerts;
      header.generation = 1;
      header.source = *Address::parse(fmt::format("10.{}.{}.{}", device >> 16U, device >> 8U & 255U, device & 255U));
      header.source_port = 40'000;
      header.destination = *Address::parse("203.0.113.7");
      header.destination_port = 443;
      EventWriter writer{buffer};
      writer.begin(header);
      writer.integer(Field::rule_row, row);
      writer.integer(Field::matched_field, static_cast<std::uint64_t>(Field::tls_sni));
      writer.text(Field::matched_value, listed_name(row));
      writer.integer(Field::stage, static_cast<std::uint64_t>(Stage::name_in_handshake));
      writer.integer(Field::action, static_cast<std::uint64_t>(Action::pass));
      sink.put(EventType::alert, 0, writer.finish(), counted);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  sent.cpu_seconds = (thread_nanoseconds() - cpu) / 1e9;
  return sent;
}

void run(const Options& options) {
  const Folder folder;
  constexpr const char* tap = "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77";
  auto memory = SharedMemory::create(folder.path + "/dataplane", 1, ring_bytes);
  if (!memory) throw std::runtime_error{memory.error()};
  StateReading state;
  state.state = TapState::inspecting;
  state.generation = 1;
  std::string(64, 'a').copy(state.ruleset_digest, sizeof state.ruleset_digest - 1);
  publish(memory->layout().header(), state);
  memory->publish();

  EventStream stream;
  Inventory inventory{IdentifierKey{{}}, VendorTable::shipped(), nullptr};
  StoreDesk store{{folder.path + "/store.db", tap, std::uint64_t{1} << 30U, 90, {}}, inventory};
  EventLoopOptions settings{folder.path + "/dataplane",
                            tap,
                            "bench",
                            folder.path + "/redaction.key",
                            {options.without_eve ? "" : folder.path + "/eve.json", 100U << 20U, 1}};
  settings.store = &store;
  const auto packs = rules();
  EventLoop events{settings, [&](std::uint32_t) -> tl::expected<SealedFiles, std::string> { return packs; }, stream};
  while (!events.status().rules_known) {
    ++memory->layout().worker(0).heartbeat;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  InspectionCounters counted;
  const auto before = process_seconds();
  const auto sent = send(*memory, options, counted);
  events.settle();
  store.settle(std::chrono::seconds{20});
  const auto spent = process_seconds() - before - sent.cpu_seconds;
  const auto status = events.status();
  const auto kept = store.status();
  fmt::print("{} alerts in {:.1f} s, {:.0f} a second, of {} devices\n", sent.alerts, sent.seconds,
             static_cast<double>(sent.alerts) / sent.seconds, options.devices);
  fmt::print("lost: {} for want of room in the ring, {} in memory, {} on disk, {} lines of EVE\n", counted.events_lost,
             kept.counts.waiting, kept.counts.full, status.eve_lost);
  fmt::print("taken: {}; in the store: {} alerts in {} findings, {:.1f} MB\n", status.events_read, kept.counts.written,
             kept.counts.findings, static_cast<double>(kept.counts.bytes) / 1e6);
  fmt::print("CPU: {:.1f} us an alert that was taken, of all threads\n",
             spent / static_cast<double>(status.events_read) * 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App program{"What the control plane takes for a finding"};
  program.add_option("--seconds", options.seconds, "Alerts come for so long")->capture_default_str();
  program.add_option("--rate", options.rate, "Alerts a second")->capture_default_str();
  program.add_option("--devices", options.devices, "Devices that they are about")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  program.add_option("--names", options.names, "Listed names of each device")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  program.add_flag("--without-eve", options.without_eve, "Write no lines of EVE");
  CLI11_PARSE(program, argc, argv);
  try {
    run(options);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench: {}\n", error.what());
    return 1;
  }
}
