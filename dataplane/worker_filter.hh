// Which system calls a worker may make: those of the port drivers on kernel interfaces, and those that end its thread.
// A worker reads what strangers send; should one of them ever take it over, the kernel does nothing else for it.
//
// A call outside the list does not run: it fails with EPERM and is counted. The process is not killed for it: that
// would take the wire down (a library that writes a warning would be enough), and gain nothing, since the call is
// refused either way.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace sluice {

// Once in the process, before the first filter: refused calls are counted there. `counter` must outlive all workers.
void count_refused_calls(std::atomic<std::uint64_t>& counter) noexcept;

// For the calling thread alone, and for good. The error says why the kernel takes no filter.
[[nodiscard]] tl::expected<void, std::string> enter_worker_filter();

}  // namespace sluice
