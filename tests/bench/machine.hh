// What the bench runs on: figures mean something together with it alone.
#pragma once

#include <cstdint>
#include <string>

namespace sluice::bench {

struct Machine {
  std::string cpu;
  std::uint32_t cpus = 0;
  std::string kernel;
  std::string governor;  // of the CPU that measures; "unknown" where the kernel does not say
  std::string dpdk;
  std::string hyperscan;
  bool huge_pages = false;
  std::string build;  // meson's type of it, and sanitizers
};

// `cpu`: the one that measures.
[[nodiscard]] Machine this_machine(std::uint32_t cpu, bool huge_pages);

// Of this program, with huge pages.
[[nodiscard]] std::uint64_t resident_mib();

// Time stamp counter against the kernel's clock, from one reading to another.
class TscClock {
 public:
  TscClock();
  [[nodiscard]] double hertz() const;  // since the clock was made: longer is more exact

 private:
  std::uint64_t cycles_;
  std::int64_t nanoseconds_;
};

}  // namespace sluice::bench
