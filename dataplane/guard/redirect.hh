// What the kernel is told to do with the frames of an interface while nobody takes them before it: to send each out at
// the other end of the wire, as it is (tc-mirred(8)). One filter at the ingress of an interface, known by its priority.
#pragma once

#include <cstdint>

#include "dataplane/guard/netlink.hh"

namespace sluice {

// Nobody else's filters have it by chance; `tc filter show dev IF ingress` prints it as `pref`.
constexpr std::uint16_t redirect_priority = 21365;

// Makes the place for filters (the qdisc clsact); EEXIST where there is one. All return 0 or a positive errno.
[[nodiscard]] int add_filter_place(Netlink& kernel, int interface) noexcept;
[[nodiscard]] int remove_filter_place(Netlink& kernel, int interface) noexcept;

// From now on what comes in at `from` leaves at `to`. One that is there already is replaced.
[[nodiscard]] int add_redirect(Netlink& kernel, int from, int to) noexcept;
// ENOENT where there is none.
[[nodiscard]] int remove_redirect(Netlink& kernel, int from) noexcept;

}  // namespace sluice
