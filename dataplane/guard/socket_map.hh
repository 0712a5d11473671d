// Where an XDP program looks up which socket of the data plane a frame is for: a map of AF_XDP sockets
// (BPF_MAP_TYPE_XSKMAP). Without a socket in it the program lets frames pass on into the kernel. That takes a few
// microseconds, where putting another program in its place takes milliseconds under a lock; but only the data plane can
// put its sockets in again, so it is for one that has come to its end.
#pragma once

#include <cstdint>

#include "dataplane/base/descriptor.hh"

namespace sluice {

class SocketMap {
 public:
  SocketMap() = default;
  // The map of a program, or of what libxdp's dispatcher calls where that is the program; not known where there is
  // none. Needs CAP_SYS_ADMIN.
  [[nodiscard]] static SocketMap of_program(std::uint32_t id) noexcept;

  [[nodiscard]] bool is_known() const noexcept { return map_.is_open(); }
  // Takes every socket out. 0, or a positive errno.
  [[nodiscard]] int clear() const noexcept;

 private:
  SocketMap(Descriptor map, std::uint32_t size) noexcept : map_(std::move(map)), size_(size) {}
  Descriptor map_;
  std::uint32_t size_ = 0;  // entries: one for each queue of the interface
};

}  // namespace sluice
