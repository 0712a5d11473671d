#include "dataplane/guard/socket_map.hh"

#include <array>
#include <cerrno>

#include "dataplane/guard/bpf.hh"

namespace sluice {
namespace {

// More than any program for sockets uses, and than any machine has; the rest is not looked at.
constexpr std::size_t maps_limit = 16;
constexpr int links_limit = 4096;

struct Found {
  Descriptor map;
  std::uint32_t size = 0;
};

Found map_of(std::uint32_t program) noexcept {
  std::array<std::uint32_t, maps_limit> ids{};
  bpf_prog_info info{};
  info.nr_map_ids = ids.size();
  info.map_ids = reinterpret_cast<std::uintptr_t>(ids.data());
  const auto opened = open_by_id(BPF_PROG_GET_FD_BY_ID, program);
  if (!opened.is_open() || !read_info(opened, info)) return {};
  for (const auto id : ids) {
    auto map = open_by_id(BPF_MAP_GET_FD_BY_ID, id);
    bpf_map_info about{};
    if (map.is_open() && read_info(map, about) && about.type == BPF_MAP_TYPE_XSKMAP)
      return {std::move(map), about.max_entries};
  }
  return {};
}

}  // namespace

SocketMap SocketMap::of_program(std::uint32_t id) noexcept {
  auto own = map_of(id);
  if (own.map.is_open()) return {std::move(own.map), own.size};
  // A dispatcher's are programs that take the place of its functions: links say of whose.
  bpf_attr attributes{};
  for (int i = 0; i < links_limit && bpf(BPF_LINK_GET_NEXT_ID, attributes) == 0; ++i) {
    attributes.start_id = attributes.next_id;
    const auto link = open_by_id(BPF_LINK_GET_FD_BY_ID, attributes.next_id);
    bpf_link_info info{};
    if (!link.is_open() || !read_info(link, info)) continue;
    if (info.type != BPF_LINK_TYPE_TRACING || info.tracing.target_obj_id != id) continue;
    auto called = map_of(info.prog_id);
    if (called.map.is_open()) return {std::move(called.map), called.size};
  }
  return {};
}

int SocketMap::clear() const noexcept {
  for (std::uint32_t queue = 0; queue < size_; ++queue) {
    bpf_attr attributes{};
    attributes.map_fd = static_cast<std::uint32_t>(map_.number());
    attributes.key = reinterpret_cast<std::uintptr_t>(&queue);
    if (bpf(BPF_MAP_DELETE_ELEM, attributes) != 0 && errno != ENOENT) return errno;
  }
  return 0;
}

}  // namespace sluice
