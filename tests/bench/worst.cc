// What an attacker may send to make inspection dear, and what packets of that size cost else: both in turns, through a
// pipeline alone. The bound is half of the normal rate.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/bench/block.hh"
#include "tests/bench/feed.hh"
#include "tests/bench/random.hh"
#include "tests/bench/spread.hh"

using namespace sluice;
using namespace sluice::bench;

namespace {

using std::chrono::microseconds;
using std::chrono::seconds;
using test::Frame;

constexpr std::uint32_t known_flows = 8192;  // of normal traffic
constexpr std::uint32_t room = 65'536;       // in the flow table
constexpr std::uint32_t bound = 50;          // % of the normal rate

// Writes the frames of turn `number` into a block.
using Traffic = std::function<void(Block&, std::uint32_t number)>;
using Check = std::function<bool(const InspectionCounters&)>;

struct Case {
  const char* name;
  const char* what;
  Traffic attack;
  Traffic normal;
  Check was_met;  // whether the attack did what it is named for
  const char* rules = nullptr;
};

std::unique_ptr<const Generation> generation_of(const char* text) {
  if (text == nullptr) return std::move(*make_generation(RuleList{}, {}, 1, 1));
  auto parsed = parse_signatures(text, "bench");
  require(parsed.errors.empty(), "a signature of the bench is not understood");
  const RuleList rules{{}, std::move(parsed.signatures)};
  const auto databases = compile_databases(rules.signatures, make_prefilter(rules.signatures));
  require(databases.has_value(), "a signature of the bench does not compile");
  return std::move(*make_generation(rules, *databases, 1, 1));
}

PipelineOptions options() {
  PipelineOptions options;
  options.flow_table_entries = room;
  options.hash_secret = 0x5a17;
  options.timeouts = {seconds{60}, seconds{600}, seconds{10}, seconds{30}, seconds{30}};
  return options;
}

// --- frames -----------------------------------------------------------------------------------------------------

// RFC 791 section 3.1. `fragment`: identification, flags and offset.
Frame ipv4(std::uint32_t source, std::uint8_t protocol, std::uint32_t fragment, Bytes inside) {
  Frame packet;
  test::put32(packet, 0x45000000U + 20 + static_cast<std::uint32_t>(inside.size()));
  test::put32(packet, fragment);
  test::put32(packet, (64U << 24) + (std::uint32_t{protocol} << 16));
  test::put32(packet, source);
  test::put32(packet, 0xc6120001);
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < packet.size(); at += 2) sum += packet[at] * 256U + packet[at + 1];
  sum = (sum & 0xffff) + (sum >> 16);
  sum = ~(sum + (sum >> 16));
  packet[10] = static_cast<std::uint8_t>(sum >> 8);
  packet[11] = static_cast<std::uint8_t>(sum);
  test::put(packet, inside);
  return packet;
}

Frame framed(const Frame& packet) {
  Frame frame(12, 0x02);
  test::put16(frame, 0x0800);
  test::put(frame, packet);
  return frame;
}

Frame udp(std::uint32_t number, std::size_t payload_size) {
  Frame datagram;
  test::put16(datagram, 1024 + number % 60'000);
  test::put16(datagram, 9999);
  test::put16(datagram, static_cast<unsigned>(8 + payload_size));
  test::put16(datagram, 0);
  datagram.resize(datagram.size() + payload_size);
  return datagram;
}

constexpr std::uint32_t client = 0x0a000000;
constexpr std::uint32_t whole = 0x4000;  // don't fragment

// --- traffic ----------------------------------------------------------------------------------------------------

// Datagrams of that payload, of flows that are known after the first turns.
Traffic datagrams(std::size_t payload_size, std::uint32_t flows = known_flows) {
  return [=](Block& block, std::uint32_t turn) {
    for (std::uint32_t i = 0; block.has_room(); ++i) {
      const auto number = (turn * static_cast<std::uint32_t>(block_frames) + i) * 0x9e3779b1 % flows;
      block.add(FrameHead::udp(ends_of(number, 9999), Toward::server, payload_size), {}, payload_size);
    }
  };
}

void new_flows(Block& block, std::uint32_t turn) {
  for (std::uint32_t i = 0; block.has_room(); ++i)
    block.add(FrameHead::udp(ends_of(turn * static_cast<std::uint32_t>(block_frames) + i, 9999), Toward::server,
                             small_payload),
              {}, small_payload);
}

// 66 bytes with the time stamps that phones send.
void opened(Block& block, std::uint32_t turn) {
  for (std::uint32_t i = 0; block.has_room(); ++i)
    block.add(FrameHead::tcp(ends_of(turn * static_cast<std::uint32_t>(block_frames) + i, 443), Toward::server,
                             {1000, 0, tcp_flag::syn}, 0),
              {}, 0);
}

constexpr std::size_t piece_size = 24;  // bytes of a datagram in one small fragment

// First fragments of datagrams that are never whole: each takes the place of the oldest.
void lone_fragments(Block& block, std::uint32_t turn) {
  constexpr std::uint32_t more = 0x2000;
  for (std::uint32_t i = 0; block.has_room(); ++i) {
    const auto number = turn * static_cast<std::uint32_t>(block_frames) + i;
    const auto start = udp(number, piece_size - 8);
    block.add(framed(ipv4(client + (number >> 16), ip_protocol::udp, (number << 16) + more, start)));
  }
}

// Datagrams in 16 small fragments each, the last one first: runs that grow backwards.
void many_fragments(Block& block, std::uint32_t turn) {
  constexpr std::uint32_t pieces = 16, more = 0x2000;
  for (std::uint32_t i = 0; block.has_room(pieces); ++i) {
    const auto number = turn * static_cast<std::uint32_t>(block_frames) + i;
    const auto all = udp(number % known_flows, pieces * piece_size - 8);
    for (auto piece = pieces; piece-- > 0;) {
      const auto place = piece * piece_size / 8 + (piece + 1 < pieces ? more : 0);
      block.add(framed(ipv4(client, ip_protocol::udp, (number << 16) + static_cast<std::uint32_t>(place),
                            Bytes{all}.subspan(piece * piece_size, piece_size))));
    }
  }
}

constexpr std::uint8_t ip_in_ip = 4;                             // RFC 2003
constexpr std::size_t tunnel_bytes = Encapsulation::limit * 20;  // headers of IPv4 in each other

void tunnels(Block& block, std::uint32_t turn) {
  for (std::uint32_t i = 0; block.has_room(); ++i) {
    const auto number = (turn * static_cast<std::uint32_t>(block_frames) + i) * 0x9e3779b1 % known_flows;
    auto packet = ipv4(client + number, ip_protocol::udp, whole, udp(number, small_payload));
    for (std::size_t depth = 0; depth < Encapsulation::limit; ++depth) packet = ipv4(client, ip_in_ip, whole, packet);
    block.add(framed(packet));
  }
}

// Clear text of 256 connections, 8 segments of 1,400 bytes each a turn.
Traffic texts(std::function<char(Random&)> letter) {
  constexpr std::uint32_t flows = 256, segments = block_frames / flows;
  constexpr std::size_t size = 1400;
  Random random{4};
  std::string text{'\x80'};  // of no protocol that is known
  while (text.size() < size) text += letter(random);
  return [=](Block& block, std::uint32_t turn) {
    const Bytes payload{reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
    for (std::uint32_t flow = 0; flow < flows; ++flow)
      for (std::uint32_t i = 0; i < segments; ++i) {
        const auto sequence = 1000 + static_cast<std::uint32_t>((turn * segments + i) * size);
        block.add(FrameHead::tcp(ends_of(flow, 9999), Toward::server, {sequence, 1, tcp_flag::ack}, size), payload,
                  size);
      }
  };
}

// Their patterns are seen at every byte of a text of one letter, and none of them is ever true.
constexpr const char* greedy_rules =
    "alert tcp any any -> any any (msg:\"1\"; content:\"aaaa\"; fast_pattern; content:\"never-1\"; sid:1;)\n"
    "alert tcp any any -> any any (msg:\"2\"; content:\"aaaaa\"; fast_pattern; content:\"never-2\"; sid:2;)\n"
    "alert tcp any any -> any any (msg:\"3\"; content:\"aaaaaa\"; fast_pattern; content:\"never-3\"; sid:3;)\n"
    "alert tcp any any -> any any (msg:\"4\"; content:\"aaaaaaa\"; fast_pattern; content:\"never-4\"; sid:4;)\n";

std::vector<Case> cases() {
  const auto any = [](const InspectionCounters&) { return true; };
  const auto is_full = [](const InspectionCounters& counters) {
    return counters.uninspected[UninspectedReason::flow_table_full] > 0;
  };
  const auto small = datagrams(small_payload);
  return {
      {"one-flow", "64 bytes, all of one flow", datagrams(small_payload, 1), small, any},
      {"udp-flood", "64 bytes, each of a new flow, table full", new_flows, small, is_full},
      {"syn-flood", "SYNs, each of a new flow: the oldest half-open one gives way", opened, small,
       [](const InspectionCounters& counters) { return counters.flows_ended > 0; }},
      {"lone-fragments", "first fragments alone", lone_fragments, small,
       [](const InspectionCounters& counters) {
         return counters.uninspected[UninspectedReason::fragment_table_full] > 0;
       }},
      {"many-fragments", "16 small fragments, last one first", many_fragments, small,
       [](const InspectionCounters& counters) {
         return counters.flows_created > 0 && counters.uninspected[UninspectedReason::fragment] == 0;
       }},
      {"tunnels", "IP in IP, as deep as it is followed", tunnels, datagrams(small_payload + tunnel_bytes),
       [](const InspectionCounters& counters) { return counters.flows_created == known_flows; }},
      {"every-byte", "4 patterns that end at every byte", texts([](Random&) { return 'a'; }),
       texts([](Random& random) { return static_cast<char>(' ' + random.below(95)); }),
       [](const InspectionCounters& counters) { return counters.signature_candidates > 0; }, greedy_rules},
  };
}

constexpr std::uint32_t turns_before = 40;  // until tables are as full as they get
constexpr std::uint32_t turns_limit = 40;   // below the depth to which signatures see

void measure(const Case& worst, std::uint32_t turns) {
  const auto generation = generation_of(worst.rules);
  Feed attack{options(), *generation};
  Feed normal{options(), *generation};
  Block block;
  std::vector<double> attacked, undisturbed, rates;
  for (std::uint32_t turn = 0; turn < turns_before + turns; ++turn) {
    double taken[2];
    for (const bool is_attack : {true, false}) {
      block.clear();
      (is_attack ? worst.attack : worst.normal)(block, turn);
      taken[is_attack ? 0 : 1] = (is_attack ? attack : normal).pass(block.frames(), microseconds{32});
    }
    if (turn < turns_before) continue;
    attacked.push_back(taken[0]);
    undisturbed.push_back(taken[1]);
    rates.push_back(100 * taken[1] / taken[0]);
  }
  require(worst.was_met(attack.pipeline().counters()), worst.name);
  const auto rate = spread_of(rates);
  fmt::print("{:<15} {:7.1f} ns, normal {:6.1f} ns: {:4.0f} % (p10 {:.0f}, p90 {:.0f}) of the normal rate{}   {}\n",
             worst.name, spread_of(attacked).median, spread_of(undisturbed).median, rate.median, rate.low, rate.high,
             rate.median < bound ? fmt::format(", below {} %", bound) : "", worst.what);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures packets that are made to be dear against normal ones. tests/bench/README.md says more."};
  std::uint32_t turns = turns_limit;
  app.add_option("--turns", turns, "of 2,048 packets")->capture_default_str()->check(CLI::Range(1U, turns_limit));
  CLI11_PARSE(app, argc, argv);
  int status = EXIT_SUCCESS;
  for (const auto& worst : cases()) {
    try {
      measure(worst, turns);
    } catch (const std::exception& error) {
      fmt::print(stderr, "FAULT {}: the packets did not do what the row is named for\n", error.what());
      status = EXIT_FAILURE;
    }
  }
  return status;
}
