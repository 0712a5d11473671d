// Which system calls the data plane may make once its ports are open (seccomp(2)). A worker reads what strangers send:
// it gets the port drivers' own calls and those that end its thread. All other threads, and the programs that they
// start, get all but what a tap never needs.
//
// A call that is refused does not run: it fails with EPERM and is counted. The process is not killed for it: that would
// take the wire down (a library that writes a warning would be enough), and gain nothing, since the call is refused
// either way.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace sluice {

enum class FilteredProgram : std::uint8_t { data_plane, guard };

// For every thread of the process and those that they make, for good; before the first worker enters its own. The error
// says why the kernel takes no filter: nothing is refused then.
[[nodiscard]] tl::expected<void, std::string> enter_process_filter(FilteredProgram program);

// For the calling thread alone, for good, beside that of the process. The error says why the kernel takes no filter.
[[nodiscard]] tl::expected<void, std::string> enter_worker_filter();

// Since the start, of all threads. Any thread may ask.
[[nodiscard]] std::uint64_t refused_system_calls() noexcept;

}  // namespace sluice
