// The XDP program of an interface, and a way round it: while the data plane hangs, its program would go on to hand
// frames to a socket that nobody reads. A program of our own in its place lets them pass on into the kernel. One
// program takes the place of another in one step, without a stop of the interface's queues (which taking one off, and
// putting one on, costs on cards), and the socket stays where it is: the way back is as short.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/base/descriptor.hh"
#include "dataplane/guard/netlink.hh"
#include "dataplane/guard/socket_map.hh"

namespace sluice {

// The program that lets every frame pass. Needs CAP_SYS_ADMIN, or CAP_BPF and CAP_NET_ADMIN.
class PassingProgram {
 public:
  [[nodiscard]] static tl::expected<PassingProgram, std::string> load();
  [[nodiscard]] int descriptor() const noexcept { return program_.number(); }

 private:
  explicit PassingProgram(Descriptor program) noexcept : program_(std::move(program)) {}
  Descriptor program_;
};

// What was put aside on one interface.
struct PutAside {
  std::uint32_t id = 0;  // the kernel's, of a program; 0 = none
  Descriptor program;    // keeps it
  // What an earlier guard put aside.
  [[nodiscard]] static PutAside of(std::uint32_t id) noexcept;
};

// Puts our program in the place of the one that the interface has, if it has one, and remembers that: in `noted`, which
// outlives a guard, before it is done. Does nothing where ours is in place already. 0, or a positive errno.
[[nodiscard]] int put_aside(Netlink& kernel, int interface, const PassingProgram& passing, PutAside& aside,
                            std::uint32_t& noted) noexcept;
// The way back. Does nothing where ours is not in place any more: then who changed it knows better.
[[nodiscard]] int put_back(Netlink& kernel, int interface, PutAside& aside, std::uint32_t& noted) noexcept;

// Of the program that an interface has; not known where it has none, or none with such a map.
[[nodiscard]] SocketMap socket_map_of(Netlink& kernel, int interface) noexcept;

}  // namespace sluice
