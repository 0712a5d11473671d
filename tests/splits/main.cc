// Every way to split a ClientHello, through a worker between two ports in mode `enforce`; or into a capture, for
// `sluice replay`. See README.md.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>

#include "dataplane/wire/eal.hh"
#include "tests/splits/wire.hh"

namespace {

using namespace sluice;
using namespace sluice::splits;

constexpr std::size_t block_cases = 512;
constexpr std::uint64_t shown_limit = 20;

int through_a_worker(const Cases& cases) {
  EalOptions options;
  options.workers = 0;
  options.memory_mib = 256;
  options.huge_pages = HugePages::off;
  const auto eal = Eal::start(options);
  if (!eal) throw std::runtime_error(eal.error());

  std::uint64_t missed = 0;
  WorkerReading reading;
  {
    Wire wire{cases.count()};
    std::vector<Case> block;
    for (std::uint64_t number = 0; number < cases.count(); number += block_cases) {
      block.clear();
      for (auto each = number; each < std::min<std::uint64_t>(number + block_cases, cases.count()); ++each)
        block.push_back(cases.at(each));
      wire.send(block);
    }
    for (std::uint64_t number = 0; number < cases.count(); ++number) {
      if (wire.is_found(number)) continue;
      if (++missed <= shown_limit) fmt::print("missed: {}\n", cases.describe(number));
    }
    reading = wire.reading();
  }
  const auto& in = reading.ports[0];
  fmt::print("{} cases, {} found and blocked, {} missed; {} frames, {} dropped, uninspected for want of room {}\n",
             cases.count(), cases.count() - missed, missed, in.received, in.dropped.sum(),
             reading.inspection.uninspected[UninspectedReason::flow_table_full] +
                 reading.inspection.uninspected[UninspectedReason::buffer_full]);
  return missed == 0 ? 0 : 1;
}

// https://datatracker.ietf.org/doc/draft-ietf-opsawg-pcap/, little-endian, microseconds.
class Capture {
 public:
  explicit Capture(const std::string& path) : file_(path, std::ios::binary) {
    for (const std::uint32_t word : {0xa1b2c3d4U, 0x00040002U, 0U, 0U, 262'144U, 1U}) put(word);
  }
  void add(const test::Frame& frame) {
    const auto size = static_cast<std::uint32_t>(frame.size());
    // So far apart that connections time out before more of them are open than a flow table holds.
    const auto milliseconds = 2 * packets_++;
    for (const std::uint32_t word : {static_cast<std::uint32_t>(1'700'000'000 + milliseconds / 1'000),
                                     static_cast<std::uint32_t>(milliseconds % 1'000 * 1'000), size, size})
      put(word);
    file_.write(reinterpret_cast<const char*>(frame.data()), size);
  }
  void close() {
    if (!file_.flush()) throw std::runtime_error("the capture cannot be written");
  }

 private:
  void put(std::uint32_t word) {
    for (unsigned byte = 0; byte < 4; ++byte) file_.put(static_cast<char>(word >> 8 * byte));
  }
  std::ofstream file_;
  std::uint64_t packets_ = 0;
};

int into_a_capture(const Cases& cases, const std::string& path) {
  Capture capture{path};
  for (std::uint64_t number = 0; number < cases.count(); ++number) {
    const auto each = cases.at(number);
    for (const auto* frame : {&each.opening, &each.answer})
      if (!frame->empty()) capture.add(*frame);
    for (const auto& frame : each.frames) capture.add(frame);
  }
  capture.close();
  fmt::print("{} cases\n", cases.count());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Sends a ClientHello split in every way through a worker, and says for which its name was missed."};
  std::uint64_t stride = 1;
  std::string capture;
  app.add_option("--stride", stride, "of TCP in three segments, only every N-th case")->check(CLI::PositiveNumber);
  app.add_option("--write", capture, "write the packets into this capture instead (pcap)");
  CLI11_PARSE(app, argc, argv);
  try {
    const Cases cases{stride};
    return capture.empty() ? through_a_worker(cases) : into_a_capture(cases, capture);
  } catch (const std::exception& error) {
    fmt::print(stderr, "splits: {}\n", error.what());
    return 1;
  }
}
