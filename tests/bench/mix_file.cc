// The bench's mix as a capture file, and the domains that its phones' names lie below, for programs that read files.
// No checksums, as in memory.
#include <CLI/CLI.hpp>
#include <array>
#include <bit>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/mix.hh"
#include "tests/bench/names.hh"

using namespace sluice::bench;

namespace {

constexpr std::uint32_t longest_frame = 1518;
constexpr std::uint32_t microseconds_a_frame = 10;
constexpr std::uint32_t first_second = 1'700'000'000;

struct Options {
  std::string path;
  std::string list;
  std::uint64_t megabytes = 200;
  std::uint32_t flows = 2048;
  std::uint32_t domains = 100'000;
  std::uint64_t seed = 1;
};

template <class... Words>
void put(std::ofstream& file, Words... words) {
  const std::array<std::uint32_t, sizeof...(words)> all{words...};
  file.write(reinterpret_cast<const char*>(all.data()), sizeof all);
}

bool write_capture(const Options& options) {
  const Messages messages{phone_names(options.domains), options.seed};
  Mix mix{std::bit_ceil(options.flows), options.seed, messages};
  Random noise{1};
  std::vector<std::uint8_t> buffer(longest_frame + sizeof(std::uint64_t));
  for (auto& byte : buffer) byte = static_cast<std::uint8_t>(noise.next());
  std::ofstream file{options.path, std::ios::binary};
  // draft-ietf-opsawg-pcap: magic, version 2.4, two reserved words, longest packet, Ethernet; in this machine's order.
  put(file, 0xa1b2c3d4U, 0x00040002U, 0U, 0U, 65535U, 1U);
  std::array<MixFrame, Mix::step_limit> step;
  std::uint64_t frames = 0;
  for (std::uint64_t bytes = 0; bytes < options.megabytes * 1'000'000;) {
    const auto count = mix.step(step);
    for (std::size_t i = 0; i < count; ++i, ++frames) {
      const auto size = static_cast<std::uint32_t>(step[i].size());
      step[i].write(noise, buffer.data());
      const auto time = frames * microseconds_a_frame;
      put(file, first_second + static_cast<std::uint32_t>(time / 1'000'000),
          static_cast<std::uint32_t>(time % 1'000'000), size, size);
      file.write(reinterpret_cast<const char*>(buffer.data()), size);
      bytes += size;
    }
  }
  return static_cast<bool>(file.flush());
}

bool write_list(const Options& options) {
  std::ofstream file{options.list};
  for (std::uint32_t number = 0; number < options.domains; ++number) file << listed_domain(number) << '\n';
  return static_cast<bool>(file.flush());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Writes the bench's mix of packets to a pcap file. tests/bench/README.md says what is in it."};
  app.add_option("file", options.path, "the capture")->type_name("OUT");
  app.add_option("--list", options.list, "write the listed domains to this file, one a line")->type_name("FILE");
  app.add_option("--mb", options.megabytes, "of frames")->capture_default_str()->check(CLI::Range(1, 100'000));
  app.add_option("--flows", options.flows, "at a time, rounded up to a power of two")
      ->capture_default_str()
      ->check(CLI::Range(256, 1 << 20));
  app.add_option("--domains", options.domains, "of the list below which the listed names lie")
      ->capture_default_str()
      ->check(CLI::Range(1000, 1'000'000));
  app.add_option("--seed", options.seed)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  const std::pair<const std::string&, bool (*)(const Options&)> files[] = {{options.path, write_capture},
                                                                           {options.list, write_list}};
  for (const auto& [path, is_written] : files)
    if (!path.empty() && !is_written(options)) {
      std::fprintf(stderr, "bench-mix: cannot write %s\n", path.c_str());
      return 1;
    }
  return 0;
}
