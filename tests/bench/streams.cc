// What signatures over the clear text of TCP cost: Gbit/s of payload through a pipeline, and through Hyperscan's
// streams alone, over the same segments in turns. No DPDK: what is compared does not touch a port.
#include <fmt/format.h>
#include <hs/hs_runtime.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <string>
#include <vector>

#include "rules/databases/compile.hh"
#include "rules/databases/prefilter.hh"
#include "rules/signatures/signature_file.hh"
#include "tests/bench/random.hh"
#include "tests/bench/thread_clock.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;
using sluice::bench::Random;
using sluice::bench::thread_nanoseconds;

namespace {

constexpr std::size_t flows = 256;
constexpr std::size_t segments_a_turn = 8;  // of each flow
constexpr std::size_t turns_limit = 60;     // below the depth that signatures see

std::string text(Random& random, std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) bytes += static_cast<char>(' ' + random.below(95));
  return bytes;
}

SignatureList signatures(std::size_t literals) {
  Random random{1};
  std::string rules;
  for (std::size_t i = 0; i < literals; ++i) {
    rules += R"(alert tcp any any -> any any (msg:"s"; content:"|)";
    for (const char byte : text(random, 8 + random.below(17))) rules += fmt::format(" {:02x}", static_cast<int>(byte));
    rules += fmt::format("|\"; sid:{};)\n", i + 1);
  }
  auto parsed = parse_signatures(rules, "bench");
  if (!parsed.errors.empty()) std::abort();
  return std::move(parsed.signatures);
}

// The segments of one turn, those of a flow one after another, each pair with its acknowledgement.
struct Turn {
  std::vector<Frame> frames;
  std::vector<Bytes> payloads;
};

Turn turn_of(std::size_t number, std::size_t size, const std::vector<std::string>& texts) {
  Turn turn;
  const auto begin = static_cast<std::uint32_t>(number * segments_a_turn * size);
  turn.frames.reserve(flows * segments_a_turn * 2);
  for (std::size_t flow = 0; flow < flows; ++flow) {
    const auto at = ends("192.168.1.10", static_cast<std::uint16_t>(1024 + flow), "198.51.100.7", 9999);
    if (number == 0) turn.frames.push_back(tcp_frame(at, 999, 0, tcp_flag::syn));
    if (number == 0) turn.frames.push_back(tcp_frame(at.reversed(), 1, 1000, tcp_flag::syn | tcp_flag::ack));
    for (std::size_t i = 0; i < segments_a_turn; ++i) {
      const auto sequence = 1000 + begin + static_cast<std::uint32_t>(i * size);
      const auto payload = as_bytes(texts[(number + flow + i) % texts.size()]).first(size);
      turn.frames.push_back(tcp_frame(at, sequence, 2, tcp_flag::ack, payload));
      turn.payloads.push_back(Bytes{turn.frames.back()}.last(size));
      if (i % 2 == 1)
        turn.frames.push_back(tcp_frame(at.reversed(), 2, sequence + static_cast<std::uint32_t>(size), tcp_flag::ack));
    }
  }
  return turn;
}

double through_pipeline(Pipeline& pipeline, const Turn& turn) {
  std::array<Packet, burst_limit> burst;
  const auto began = thread_nanoseconds();
  for (std::size_t at = 0; at < turn.frames.size(); at += burst_limit) {
    const auto count = std::min(burst_limit, turn.frames.size() - at);
    for (std::size_t i = 0; i < count; ++i) {
      burst[i] = Packet{};
      burst[i].frame = turn.frames[at + i];
      burst[i].wire_length = static_cast<std::uint32_t>(turn.frames[at + i].size());
      burst[i].time = tick_from_nanoseconds(1'700'000'000'000'000'000);
    }
    pipeline.process({burst.data(), count});
  }
  return (thread_nanoseconds() - began) * 1e-9;
}

double through_hyperscan(std::vector<hs_stream_t*>& streams, hs_scratch_t* scratch, const Turn& turn) {
  const auto began = thread_nanoseconds();
  for (std::size_t i = 0; i < turn.payloads.size(); ++i) {
    const auto payload = turn.payloads[i];
    if (hs_scan_stream(streams[i / segments_a_turn], reinterpret_cast<const char*>(payload.data()),
                       static_cast<unsigned>(payload.size()), 0, scratch, nullptr, nullptr) != HS_SUCCESS)
      std::abort();
  }
  return (thread_nanoseconds() - began) * 1e-9;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

void measure(const RuleList& rules, const Databases& databases, std::size_t size, std::size_t turns) {
  Random random{2};
  std::vector<std::string> texts;
  for (int i = 0; i < 61; ++i) texts.push_back('\x80' + text(random, size));  // of no protocol that is known
  hs_database_t* database = nullptr;
  hs_scratch_t* scratch = nullptr;
  const auto& bytes = databases.payload_stream;
  if (hs_deserialize_database(reinterpret_cast<const char*>(bytes.data()), bytes.size(), &database) != HS_SUCCESS ||
      hs_alloc_scratch(database, &scratch) != HS_SUCCESS)
    std::abort();
  std::vector<hs_stream_t*> streams(flows);
  for (auto& stream : streams)
    if (hs_open_stream(database, 0, &stream) != HS_SUCCESS) std::abort();

  const auto generation = *make_generation(rules, databases, 1, 1);
  LocalRing findings;
  LocalRing records;
  EventSink sink{findings.producer(), records.producer()};
  PipelineOptions options;
  Pipeline pipeline{options, *generation, 0, sink};
  std::vector<double> own;
  std::vector<double> alone;
  for (std::size_t number = 0; number < turns; ++number) {
    const auto turn = turn_of(number, size, texts);
    const double gigabits = static_cast<double>(turn.payloads.size() * size) * 8e-9;
    // Who comes second finds the segments in the caches.
    if (number % 2 == 0) own.push_back(gigabits / through_pipeline(pipeline, turn));
    alone.push_back(gigabits / through_hyperscan(streams, scratch, turn));
    if (number % 2 == 1) own.push_back(gigabits / through_pipeline(pipeline, turn));
  }
  const auto& counters = pipeline.counters();
  if (counters.uninspected.sum() != 0 || counters.payload_windows_full != 0 || counters.flows_created != flows) {
    fmt::print(stderr, "FAULT: not all of the clear text was looked at\n");
    std::exit(1);
  }
  fmt::print("{:>7} literals, {:>5} B a segment: pipeline {:5.2f} Gbit/s, Hyperscan alone {:5.2f} Gbit/s: {:.0f} %\n",
             rules.signatures.size(), size, median(own), median(alone), 100 * median(own) / median(alone));
  for (auto* stream : streams) (void)hs_close_stream(stream, nullptr, nullptr, nullptr);
  (void)hs_free_scratch(scratch);
  (void)hs_free_database(database);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures matching in the clear text of TCP against Hyperscan alone. tests/bench/README.md says more."};
  std::size_t turns = turns_limit;
  std::vector<std::size_t> literals{100, 1000, 10'000, 100'000};
  std::vector<std::size_t> sizes{1400, 512, 64};
  app.add_option("--turns", turns, "of 2,048 segments a size")->check(CLI::Range(std::size_t{1}, turns_limit));
  app.add_option("--literals", literals, "looked for at a time")->check(CLI::Range(1, 1'000'000));
  app.add_option("--sizes", sizes, "bytes of payload a segment")->check(CLI::Range(32, 1460));
  CLI11_PARSE(app, argc, argv);
  fmt::print("{} directions, medians of {} turns; goal 60 % with 10,000 literals at 1400 B\n", flows, turns);
  for (const auto count : literals) {
    const RuleList rules{{}, signatures(count)};
    const auto databases = compile_databases(rules.signatures, make_prefilter(rules.signatures));
    if (!databases) std::abort();
    for (const auto size : sizes) measure(rules, *databases, size, turns);
  }
}
