// What flows cost: a packet of a decided flow among few and many, a new flow with expiry running, a TLS handshake read
// to its name and fingerprints. A pipeline alone, without ports.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <bit>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/bench/block.hh"
#include "tests/bench/feed.hh"
#include "tests/bench/machine.hh"
#include "tests/bench/messages.hh"
#include "tests/bench/names.hh"
#include "tests/bench/spread.hh"

using namespace sluice;
using namespace sluice::bench;

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint64_t scatter = 0x9e3779b1;

struct Options {
  std::vector<std::uint32_t> flows{16'384, 1U << 20, 1U << 22};
  std::uint32_t blocks = 256;
};

std::unique_ptr<const Generation> nothing_to_find() { return std::move(*make_generation(RuleList{}, {}, 1, 1)); }

PipelineOptions options_of(std::uint32_t flows, const Timeouts& timeouts) {
  PipelineOptions options;
  options.flow_table_entries = flows;
  options.hash_secret = 0x5a17;
  options.timeouts = timeouts;
  return options;
}

std::string text_of(const Spread& nanoseconds, double tsc_hertz) {
  return fmt::format("{:6.1f} ns (p10 {:.1f}, p90 {:.1f}), {:5.0f} cycles", nanoseconds.median, nanoseconds.low,
                     nanoseconds.high, nanoseconds.median * tsc_hertz / 1e9);
}

// Small datagrams to and fro, each of another flow than the one before, when all flows have been looked at.
void known_flows(std::uint32_t flows, std::uint32_t blocks, const TscClock& clock) {
  constexpr int laps_before = 4;
  const auto before = resident_mib();
  const auto generation = nothing_to_find();
  Feed feed{options_of(flows + flows / 4, {seconds{600}, seconds{600}, seconds{600}, seconds{600}, seconds{600}}),
            *generation};
  Block block;
  std::uint64_t step = 0;
  const auto fill = [&] {
    block.clear();
    for (; block.has_room(); ++step) {
      const auto toward = step / flows % 2 == 0 ? Toward::server : Toward::phone;
      const auto number = static_cast<std::uint32_t>((step * scatter) & (flows - 1));
      block.add(FrameHead::udp(ends_of(number, 9999), toward, small_payload), {}, small_payload);
    }
  };
  for (std::uint64_t made = 0; made < std::uint64_t{laps_before} * flows; made += block_frames) {
    fill();
    (void)feed.pass(block.frames(), microseconds{1});
  }
  std::vector<double> samples;
  for (std::uint32_t i = 0; i < blocks; ++i) {
    fill();
    samples.push_back(feed.pass(block.frames(), microseconds{1}));
  }
  require(feed.pipeline().counters().flows_created == flows && feed.pipeline().flows() == flows,
          "not every flow is remembered, or one twice");
  fmt::print("known      {:>9} flows  {}   {:4.0f} bytes resident a flow\n", flows,
             text_of(spread_of(samples), clock.hertz()),
             static_cast<double>(resident_mib() - before) * 1024 * 1024 / flows);
}

// Each packet begins a flow, and as many time out: half a million live at a time.
void new_flows(std::uint32_t blocks, const TscClock& clock) {
  constexpr std::uint32_t room = 1U << 20;
  const auto generation = nothing_to_find();
  Feed feed{options_of(room, {seconds{60}, seconds{60}, seconds{1}, milliseconds{500}, seconds{30}}), *generation};
  Block block;
  std::uint32_t number = 0;
  std::vector<double> samples;
  const auto blocks_before = room / block_frames;
  for (std::uint32_t i = 0; i < blocks_before + blocks; ++i) {
    block.clear();
    while (block.has_room())
      block.add(FrameHead::udp(ends_of(number++, 9999), Toward::server, small_payload), {}, small_payload);
    const auto each = feed.pass(block.frames(), microseconds{burst_limit});  // a million a second
    if (i >= blocks_before) samples.push_back(each);
  }
  const auto& counters = feed.pipeline().counters();
  require(counters.uninspected[UninspectedReason::flow_table_full] == 0, "the flow table was full");
  require(counters.flows_created == number && counters.flows_ended > 0, "not every packet began a flow, or none ended");
  const auto spread = spread_of(samples);
  fmt::print("new        UDP, expiry running {}   {:.0f} flows/s   goal 1,000,000\n", text_of(spread, clock.hertz()),
             1e9 / spread.median);
}

// SYN, SYN and ACK, ACK, a ClientHello in two segments: then the flow is forgotten, as its time runs out.
void handshakes(std::uint32_t blocks, const TscClock& clock) {
  constexpr std::size_t frames_each = 5, first_segment = 1400;
  constexpr std::uint32_t blocks_before = 128;  // until flows time out
  constexpr std::uint8_t syn = tcp_flag::syn, ack = tcp_flag::ack;
  const auto names = phone_names(100'000);
  Random random{1};
  std::vector<Message> hellos;
  for (std::size_t i = 0; i < 64; ++i) hellos.push_back(tls_hello(client_hello(names[i], random)));
  const auto generation = nothing_to_find();
  auto options =
      options_of(1U << 18, {milliseconds{100}, milliseconds{100}, milliseconds{100}, seconds{1}, seconds{1}});
  options.record = Record::all;  // else fingerprints are told of findings alone
  Feed feed{options, *generation};
  Block block;
  std::uint32_t number = 0;
  std::vector<double> samples;
  for (std::uint32_t i = 0; i < blocks_before + blocks; ++i) {
    block.clear();
    for (; block.has_room(frames_each); ++number) {
      const auto ends = ends_of(number, 443);
      const Bytes hello = hellos[number % hellos.size()];
      const auto rest = hello.size() - first_segment;
      block.add(FrameHead::tcp(ends, Toward::server, {1000, 0, syn}, 0), {}, 0);
      block.add(FrameHead::tcp(ends, Toward::phone, {5000, 1001, syn | ack}, 0), {}, 0);
      block.add(FrameHead::tcp(ends, Toward::server, {1001, 5001, ack}, 0), {}, 0);
      block.add(FrameHead::tcp(ends, Toward::server, {1001, 5001, ack}, first_segment), hello.first(first_segment),
                first_segment);
      block.add(FrameHead::tcp(ends, Toward::server, {1001 + first_segment, 5001, ack}, rest),
                hello.subspan(first_segment), rest);
    }
    const auto each = feed.pass(block.frames(), microseconds{20});
    if (i >= blocks_before) samples.push_back(each * frames_each);
  }
  const auto& counters = feed.pipeline().counters();
  require(counters.flows_created == number && counters.uninspected.sum() == 0, "not every handshake was read");
  require(counters.events_lost == 0, "events were lost");
  // Those that live still wait for the server's half.
  require(feed.fingerprinted() + feed.pipeline().flows() >= number && feed.fingerprinted() > 0,
          "not every handshake gave name, JA3 and JA4");
  const auto spread = spread_of(samples);
  fmt::print("handshakes TLS to SNI, JA3, JA4 {}   {:.0f} a second   goal 300,000\n", text_of(spread, clock.hertz()),
             1e9 / spread.median);
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Measures what flows cost, known and new. tests/bench/README.md says more."};
  app.add_option("--flows", options.flows, "known at a time, each rounded up to a power of two")
      ->check(CLI::Range(4096, 1 << 22));
  app.add_option("--blocks", options.blocks, "of 2,048 packets, measured")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  CLI11_PARSE(app, argc, argv);
  try {
    const TscClock clock;
    for (const auto flows : options.flows) known_flows(std::bit_ceil(flows), options.blocks, clock);
    new_flows(options.blocks, clock);
    handshakes(options.blocks, clock);
  } catch (const std::exception& error) {
    fmt::print(stderr, "FAULT {}\n", error.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
