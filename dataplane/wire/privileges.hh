// What a thread of the data plane may do to the machine: see "Privileges" in README.md.
//
// Capabilities belong to a thread, not to the process (capabilities(7)), and DPDK has threads of its own by the time
// that its ports are open: so every thread is asked to give its own up, and /proc must show that it did.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace sluice {

// The whole process, for good: the calling thread keeps CAP_NET_ADMIN, where it has it, to give the interfaces their
// settings back at the end; every other thread keeps no capability. No program that is started from here gets more
// than its parent has. Call it when the ports are open, and before any of their packets is read. The error names the
// thread that did not give its capabilities up.
[[nodiscard]] tl::expected<void, std::string> reduce_privileges();

// A bit for each, as in /proc/PID/status and capabilities(7).
using Capabilities = std::uint64_t;
[[nodiscard]] constexpr Capabilities capability(int number) noexcept { return Capabilities{1} << number; }

// The calling thread, for good: no more than these, for the programs that it starts too. System calls alone.
void keep_capabilities(Capabilities kept) noexcept;

// The calling thread, for good: what a later thread begins with, since it has what the one that made it has.
void give_up_capabilities() noexcept;

}  // namespace sluice
