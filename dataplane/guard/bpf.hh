// The system call bpf(2), as far as the guard uses it. None of it takes memory.
#pragma once

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

#include "dataplane/base/descriptor.hh"

namespace sluice {

// What the kernel returns; below 0 with errno.
inline int bpf(bpf_cmd command, bpf_attr& attributes) noexcept {
  return static_cast<int>(::syscall(SYS_bpf, command, &attributes, sizeof attributes));
}

// A program, map or link by its number: BPF_PROG_GET_FD_BY_ID and its like. Needs CAP_SYS_ADMIN.
inline Descriptor open_by_id(bpf_cmd command, std::uint32_t id) noexcept {
  bpf_attr attributes{};
  attributes.prog_id = id;  // the others' lies in the same place
  return Descriptor{id == 0 ? -1 : bpf(command, attributes)};
}

// bpf_prog_info, bpf_map_info or bpf_link_info, which may hold places for what the kernel is to write.
template <class Info>
bool read_info(const Descriptor& object, Info& info) noexcept {
  bpf_attr attributes{};
  attributes.info.bpf_fd = static_cast<std::uint32_t>(object.number());
  attributes.info.info_len = sizeof info;
  attributes.info.info = reinterpret_cast<std::uintptr_t>(&info);
  return bpf(BPF_OBJ_GET_INFO_BY_FD, attributes) == 0;
}

}  // namespace sluice
