#include "dataplane/wire/eal.hh"

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace sluice {
namespace {

std::string joined(const std::vector<std::uint32_t>& numbers) {
  std::string text;
  for (const auto number : numbers) text += (text.empty() ? "" : ",") + std::to_string(number);
  return text;
}

}  // namespace

std::uint64_t free_huge_pages_mib() {
  std::uint64_t kib = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{"/sys/kernel/mm/hugepages", error}) {
    constexpr std::string_view prefix = "hugepages-";  // hugepages-2048kB
    const auto name = entry.path().filename().string();
    std::uint64_t pages = 0;
    std::ifstream{entry.path() / "free_hugepages"} >> pages;
    if (name.starts_with(prefix)) kib += pages * std::strtoull(name.c_str() + prefix.size(), nullptr, 10);
  }
  return kib / 1024;
}

std::vector<std::uint32_t> allowed_cpus() {
  std::vector<std::uint32_t> cpus;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return {0};
  for (std::uint32_t cpu = 0; cpu < CPU_SETSIZE; ++cpu)
    if (CPU_ISSET(cpu, &set)) cpus.push_back(cpu);
  return cpus;
}

std::vector<std::string> eal_arguments(const EalOptions& options, std::uint64_t free_huge_pages_mib,
                                       const std::vector<std::uint32_t>& allowed_cpus) {
  // Lcore 0 is main, lcores 1 to N are the workers; each gets its CPU, or all get all that the caller may use.
  std::string lcores;
  for (std::uint32_t lcore = 0; lcore <= options.workers; ++lcore) {
    const auto cpus = options.cpus.empty() ? "(" + joined(allowed_cpus) + ")" : std::to_string(options.cpus.at(lcore));
    lcores += (lcore == 0 ? "" : ",") + std::to_string(lcore) + "@" + cpus;
  }
  std::vector<std::string> arguments{"sluice-dataplane",
                                     "--lcores",
                                     lcores,
                                     "--no-telemetry",
                                     "--log-level=lib.eal:warning",
                                     "-m",
                                     std::to_string(options.memory_mib)};
  if (!options.pci) arguments.emplace_back("--no-pci");
  const bool huge = options.huge_pages == HugePages::on ||
                    (options.huge_pages == HugePages::automatic && free_huge_pages_mib >= options.memory_mib);
  if (huge)
    arguments.emplace_back("--in-memory");
  else  // DPDK 22.11 refuses --in-memory beside --no-huge
    arguments.insert(arguments.end(), {"--no-huge", "--no-shconf"});
  arguments.insert(arguments.end(), options.extra.begin(), options.extra.end());
  return arguments;
}

tl::expected<Eal, std::string> Eal::start(const EalOptions& options) {
  auto arguments = eal_arguments(options, sluice::free_huge_pages_mib(), sluice::allowed_cpus());
  std::vector<char*> raw;
  std::string shown;
  for (auto& argument : arguments) {
    raw.push_back(argument.data());
    shown += (shown.empty() ? "" : " ") + argument;
  }
  raw.push_back(nullptr);
  // What DPDK says goes where we speak. Its way to the system's log would need a connection anew, when that one starts
  // anew, at a time when none can be made any more.
  (void)rte_openlog_stream(stderr);
  // Libxdp: one program an interface, and nothing kept in /sys/fs/bpf, which would take CAP_SYS_ADMIN to remove.
  (void)::setenv("LIBXDP_SKIP_DISPATCHER", "1", 1);
  if (rte_eal_init(static_cast<int>(arguments.size()), raw.data()) < 0)
    return tl::unexpected("DPDK did not start (" + std::string{rte_strerror(rte_errno)} + "); it was given: " + shown);
  return Eal{};
}

Eal::~Eal() {
  if (started_) rte_eal_cleanup();
}

}  // namespace sluice
