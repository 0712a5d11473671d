#include "tests/bench/machine.hh"

#include <hs/hs_runtime.h>
#include <rte_cycles.h>
#include <rte_version.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include <fstream>
#include <string_view>

namespace sluice::bench {
namespace {

std::string cpu_model() {
  std::ifstream info{"/proc/cpuinfo"};
  constexpr std::string_view key = "model name";
  for (std::string line; std::getline(info, line);)
    if (const auto colon = line.find(": "); line.starts_with(key) && colon != std::string::npos)
      return line.substr(colon + 2);
  return "unknown CPU";
}

std::string first_word(const std::string& path) {
  std::string word;
  std::ifstream{path} >> word;
  return word.empty() ? "unknown" : word;
}

std::int64_t monotonic_nanoseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC_RAW, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Machine this_machine(std::uint32_t cpu, bool huge_pages) {
  Machine machine;
  machine.cpu = cpu_model();
  machine.cpus = static_cast<std::uint32_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  utsname kernel{};
  ::uname(&kernel);
  machine.kernel = std::string{kernel.sysname} + " " + kernel.release;
  machine.governor = first_word("/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpufreq/scaling_governor");
  machine.dpdk = rte_version();
  const std::string hyperscan = hs_version();
  machine.hyperscan = "Hyperscan " + hyperscan.substr(0, hyperscan.find(' '));
  machine.huge_pages = huge_pages;
  machine.build = SLUICE_BUILD;
  return machine;
}

std::uint64_t resident_mib() {  // proc(5); huge pages are not part of VmRSS
  std::uint64_t kilobytes = 0;
  std::ifstream status{"/proc/self/status"};
  for (std::string word; status >> word;)
    if (std::uint64_t amount = 0; (word == "VmRSS:" || word == "HugetlbPages:") && status >> amount)
      kilobytes += amount;
  return kilobytes / 1024;
}

TscClock::TscClock() : cycles_(rte_rdtsc_precise()), nanoseconds_(monotonic_nanoseconds()) {}

double TscClock::hertz() const {
  const auto cycles = rte_rdtsc_precise() - cycles_;
  const auto nanoseconds = monotonic_nanoseconds() - nanoseconds_;
  return nanoseconds <= 0 ? 0 : static_cast<double>(cycles) * 1e9 / static_cast<double>(nanoseconds);
}

}  // namespace sluice::bench
