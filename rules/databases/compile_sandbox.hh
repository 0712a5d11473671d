// The walls around the compiler of patterns: what reads a pack that somebody else wrote can use memory and the CPU, up
// to a bound, and write to the descriptors that it was given, and nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>

namespace sluice {

// Bounds of one compilation. 100,000 literals take 0.4 GiB and 4 to 10 s.
constexpr std::uint64_t compile_address_space = std::uint64_t{4} << 30;  // bytes; beyond: "not enough memory"
constexpr std::uint64_t compile_cpu_time = 60;                           // seconds; beyond: SIGXCPU
// Of what it writes, the file-size limit is databases_file_limit; beyond: SIGXFSZ.

// Closes every descriptor but these and standard error, and sets: no new privileges, the bounds above, no core dump, no
// new descriptor, no new process, and a filter of system calls whose default is to kill the process (SIGSYS). It needs
// no privilege. An error says what the kernel refused: the caller must then not touch any input.
[[nodiscard]] tl::expected<void, std::string> enter_compile_sandbox(std::span<const int> descriptors);

}  // namespace sluice
