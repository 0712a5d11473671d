#include "control/replay/replay.hh"

#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "dataplane/capture/capture_writer.hh"
#include "tests/unit/hello_samples.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

struct TemporaryFolder {
  TemporaryFolder() {
    auto name = (std::filesystem::temp_directory_path() / "sluice-replay-XXXXXX").string();
    BOOST_REQUIRE(::mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return (path / name).string(); }

  std::filesystem::path path;
};

std::string content(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

// Packets of `devices` phones, interleaved: each looks a name up, sends a request for it, and shakes hands for the
// listed name in two segments. Every fifth of the other names is listed too.
std::vector<Frame> traffic(std::uint16_t devices) {
  std::vector<std::vector<Frame>> phones;
  for (std::uint16_t i = 0; i < devices; ++i) {
    const auto address = "10.1." + std::to_string(i / 200) + "." + std::to_string(1 + i % 200);
    const std::string name = i % 5 == 0 ? "www.listed.example" : "host" + std::to_string(i) + ".example";
    const auto dns = ends(address.c_str(), 5000, "198.51.100.53", 53);
    const auto web = ends(address.c_str(), 6000, "198.51.100.7", 80);
    const auto tls = ends(address.c_str(), 7000, "198.51.100.8", 443);
    const auto hello = client_hello();
    const auto request = "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: " + name + "\r\n\r\n";
    phones.push_back({udp_frame(dns, dns_query(name)), tcp_frame(web, 100, 0, tcp_flag::syn),
                      tcp_frame(web.reversed(), 200, 101, tcp_flag::syn | tcp_flag::ack),
                      tcp_frame(web, 101, 201, tcp_flag::ack, as_bytes(request)), tcp_frame(tls, 100, 0, tcp_flag::syn),
                      tcp_frame(tls, 301, 1, tcp_flag::ack, part(hello, 200, hello.size())),
                      tcp_frame(tls, 101, 1, tcp_flag::ack, part(hello, 0, 200)),
                      tcp_frame(tls, 101 + 517, 1, tcp_flag::ack, as_bytes("data"))});
    if (i % 3 == 0) phones.back().push_back(tcp_frame(web, 101, 201, tcp_flag::rst));
  }
  std::vector<Frame> frames;
  for (std::size_t step = 0; step < 9; ++step)
    for (const auto& phone : phones)
      if (step < phone.size()) frames.push_back(phone[step]);
  return frames;
}

void write_capture(const std::string& path, const std::vector<Frame>& frames, Duration gap) {
  CaptureFormat format;
  format.kind = CaptureKind::pcap;
  format.link_field = 1;
  format.snap_length = 65535;
  auto writer = CaptureWriter::open(path, format);
  BOOST_REQUIRE(writer.has_value());
  CaptureInterface interface;
  interface.link_type = 1;
  auto time = tick_from_nanoseconds(1'700'000'000'000'000'000);
  for (const auto& frame : frames) {
    CapturedPacket packet;
    packet.data = frame;
    packet.wire_length = static_cast<std::uint32_t>(frame.size());
    packet.time = time += gap;
    packet.link_type = 1;
    BOOST_REQUIRE(writer->write(packet, interface).has_value());
  }
  BOOST_REQUIRE(writer->close().has_value());
}

struct Outcome {
  std::vector<std::string> lines;  // without the counters' own
  std::string written;
  Statistics statistics;
  std::size_t findings = 0;
};

Outcome replayed(const TemporaryFolder& folder, std::uint32_t workers, Mode mode, Record record) {
  const auto rules = listed_rules();
  RuleBooks books;
  books.add(1, "", std::make_shared<const RuleBook>(rules));
  const auto generation = *make_generation(rules, {}, 1, workers);
  ReplayOptions options;
  options.captures = {folder / "in.pcap"};
  options.workers = workers;
  options.pipeline = small_options(mode);
  options.pipeline.record = record;
  options.pipeline.flow_table_entries = 4096;
  options.pipeline.reassembly_buffers = 1024;
  options.eve_path = folder / "eve.json";
  options.write_path = folder / "out.pcap";
  EveContext context;
  context.tap_id = "00000000-0000-4000-8000-000000000000";
  context.rules = &books;
  context.clock_state = ClockState::capture;
  Outcome outcome;
  FindingsTable findings{&books};
  BOOST_REQUIRE((replay(options, *generation, context, outcome.statistics, findings) == ReplayEnd::complete));
  std::ifstream eve{options.eve_path};
  for (std::string line; std::getline(eve, line);)
    if (line.find("\"event_type\":\"stats\"") == std::string::npos) outcome.lines.push_back(line);
  std::sort(outcome.lines.begin(), outcome.lines.end());
  outcome.written = content(options.write_path);
  outcome.findings = findings.size();
  return outcome;
}

void check_same(const Outcome& one, const Outcome& many) {
  BOOST_TEST(one.lines.size() == many.lines.size());
  for (std::size_t i = 0; i < std::min(one.lines.size(), many.lines.size()); ++i)
    BOOST_REQUIRE_MESSAGE(one.lines[i] == many.lines[i], one.lines[i] << "\nis with more workers\n" << many.lines[i]);
  BOOST_TEST((one.written == many.written));
  BOOST_TEST(one.findings == many.findings);
  BOOST_TEST((one.statistics.inspection.uninspected.values == many.statistics.inspection.uninspected.values));
  BOOST_TEST(many.statistics.inspection.events_lost == 0U);
  BOOST_TEST(many.statistics.inspection.events == one.statistics.inspection.events);
  BOOST_TEST(many.statistics.inspection.flows_created == many.statistics.inspection.flows_ended);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(replay_of_captures)

BOOST_AUTO_TEST_CASE(any_number_of_workers_gives_the_same_events_and_the_same_packets) {
  const TemporaryFolder folder;
  const auto frames = traffic(300);
  write_capture(folder / "in.pcap", frames, 1ms);
  const auto one = replayed(folder, 1, Mode::enforce, Record::all);
  // 60 listed phones: the query, the request, and a hello that all 300 send for the listed name.
  BOOST_TEST(std::count_if(one.lines.begin(), one.lines.end(), [](const auto& line) {
               return line.find("\"event_type\":\"alert\"") != std::string::npos;
             }) == 60 + 60 + 300);
  const auto& total = one.statistics.ports.front().counters;
  BOOST_TEST(total.received == frames.size());
  // The query; the request and the reset that 20 of those send; the segment that completes the hello, and the data.
  BOOST_TEST(total.dropped[DropReason::policy] == 60U + 60 + 20 + 2 * 300);
  BOOST_TEST(total.received == total.forwarded + total.dropped.sum());
  for (const std::uint32_t workers : {2U, 4U}) check_same(one, replayed(folder, workers, Mode::enforce, Record::all));
}

BOOST_AUTO_TEST_CASE(flows_that_time_out_are_told_the_same_by_any_number_of_workers) {
  const TemporaryFolder folder;
  write_capture(folder / "in.pcap", traffic(100), 200ms);  // three minutes: far beyond the timeouts
  const auto one = replayed(folder, 1, Mode::monitor, Record::all);
  for (const std::uint32_t workers : {2U, 4U}) check_same(one, replayed(folder, workers, Mode::monitor, Record::all));
}

BOOST_AUTO_TEST_CASE(a_flow_that_was_over_before_the_capture_ended_has_timed_out_whoever_worked_on_it) {
  const TemporaryFolder folder;
  std::vector<Frame> frames;
  for (int i = 1; i <= 8; ++i) {
    const auto address = "10.1.0." + std::to_string(i);
    frames.push_back(udp_frame(ends(address.c_str(), 5000, "198.51.100.53", 53), dns_query("a.example")));
  }
  // One phone goes on for longer than the timeout of datagrams, 30 s: the workers of the others see none of it.
  for (std::uint16_t i = 0; i < 70; ++i)
    frames.push_back(udp_frame(ends("10.1.0.1", 6000, "198.51.100.53", 53), dns_query("b.example", i)));
  write_capture(folder / "in.pcap", frames, 500ms);
  const auto one = replayed(folder, 1, Mode::monitor, Record::all);
  const auto timed_out = std::count_if(one.lines.begin(), one.lines.end(), [](const auto& line) {
    return line.find("\"reason\":\"timeout\"") != std::string::npos;
  });
  BOOST_TEST(timed_out == 8);
  for (const std::uint32_t workers : {2U, 4U}) check_same(one, replayed(folder, workers, Mode::monitor, Record::all));
}

BOOST_AUTO_TEST_CASE(monitor_writes_every_packet_as_it_came) {
  const TemporaryFolder folder;
  write_capture(folder / "in.pcap", traffic(50), 1ms);
  for (const std::uint32_t workers : {1U, 4U}) {
    const auto outcome = replayed(folder, workers, Mode::monitor, Record::findings);
    BOOST_TEST((outcome.written == content(folder / "in.pcap")));
    BOOST_TEST(outcome.lines.size() == 10U + 10 + 50);
  }
}

BOOST_AUTO_TEST_CASE(events_far_beyond_the_size_of_the_rings_wait_and_none_is_lost) {
  const TemporaryFolder folder;
  // One device only, so that one worker has all the work: 16,000 records of over 100 bytes against rings of 1 MiB.
  constexpr std::size_t queries = 16'000;
  const auto query = udp_frame(ends("10.1.0.1", 5000, "198.51.100.53", 53), dns_query("listed.example"));
  write_capture(folder / "in.pcap", std::vector<Frame>(queries, query), 1us);
  for (const std::uint32_t workers : {1U, 2U}) {
    const auto outcome = replayed(folder, workers, Mode::monitor, Record::all);
    BOOST_TEST(outcome.statistics.inspection.events_lost == 0U);
    BOOST_TEST(outcome.lines.size() == 2 * queries + 1);  // an alert and a record each, and the flow
  }
}

BOOST_AUTO_TEST_SUITE_END()
