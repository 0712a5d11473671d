// DPDK's environment, started from the configuration and cleaned up at exit.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

enum class HugePages : std::uint8_t { automatic, on, off };

struct EalOptions {
  std::vector<std::uint32_t> cpus;  // main's first, then one a worker; empty = all on the caller's CPUs
  std::uint32_t workers = 1;
  std::uint32_t memory_mib = 256;
  HugePages huge_pages = HugePages::automatic;
  bool pci = false;                // look for PCI devices
  std::vector<std::string> extra;  // arguments of DPDK's own, unchanged
};

// The command line that DPDK gets, a pure function but for `free_huge_pages_mib`, which the caller reads.
[[nodiscard]] std::vector<std::string> eal_arguments(const EalOptions& options, std::uint64_t free_huge_pages_mib,
                                                     const std::vector<std::uint32_t>& allowed_cpus);
// Memory in huge pages that nobody uses yet, in MiB.
[[nodiscard]] std::uint64_t free_huge_pages_mib();
// The CPUs that this process may run on.
[[nodiscard]] std::vector<std::uint32_t> allowed_cpus();

class Eal {
 public:
  [[nodiscard]] static tl::expected<Eal, std::string> start(const EalOptions& options);
  Eal(Eal&& other) noexcept : started_(other.started_) { other.started_ = false; }
  Eal& operator=(Eal&&) = delete;
  ~Eal();

 private:
  Eal() = default;
  bool started_ = true;
};

}  // namespace sluice
