#include "dataplane/guard/xdp.hh"

#include <linux/if_link.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "dataplane/guard/bpf.hh"

namespace sluice {
namespace {

constexpr char program_name[BPF_OBJ_NAME_LEN] = "sluice_passes";

bool is_ours(const Descriptor& program) noexcept {
  bpf_prog_info info{};
  return read_info(program, info) && std::memcmp(info.name, program_name, sizeof program_name) == 0;
}

// What runs on an interface.
struct Attached {
  std::uint32_t id = 0;    // 0 = nothing
  std::uint32_t mode = 0;  // XDP_FLAGS_*: in the driver, or above it
};

template <class Value>
Value value_of(std::span<const std::uint8_t> attributes, std::uint16_t type) noexcept {
  Value value{};
  const auto bytes = attribute(attributes, type);
  if (bytes.size() >= sizeof value) std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

tl::expected<Attached, int> attached_to(Netlink& kernel, int interface) noexcept {
  ifinfomsg fixed{};
  fixed.ifi_index = interface;
  NetlinkRequest request{RTM_GETLINK, 0, fixed};
  const auto link = kernel.ask(request, sizeof fixed);
  if (!link) return tl::unexpected(link.error());
  const auto xdp = attribute(*link, IFLA_XDP);
  switch (value_of<std::uint8_t>(xdp, IFLA_XDP_ATTACHED)) {
    case XDP_ATTACHED_DRV: return Attached{value_of<std::uint32_t>(xdp, IFLA_XDP_PROG_ID), XDP_FLAGS_DRV_MODE};
    case XDP_ATTACHED_SKB: return Attached{value_of<std::uint32_t>(xdp, IFLA_XDP_PROG_ID), XDP_FLAGS_SKB_MODE};
    case XDP_ATTACHED_NONE: return Attached{};
    default: return tl::unexpected(EOPNOTSUPP);  // two at once, or one that runs in the card
  }
}

// `next` in the place of `current`, or none where `next` is below 0.
int exchange(Netlink& kernel, int interface, std::uint32_t mode, int current, int next) noexcept {
  ifinfomsg fixed{};
  fixed.ifi_index = interface;
  NetlinkRequest request{RTM_SETLINK, 0, fixed};
  const auto xdp = request.begin(IFLA_XDP | NLA_F_NESTED);
  request.add(IFLA_XDP_FD, next);
  request.add(IFLA_XDP_FLAGS, mode | XDP_FLAGS_REPLACE);
  request.add(IFLA_XDP_EXPECTED_FD, current);
  request.end(xdp);
  return kernel.order(request);
}

}  // namespace

tl::expected<PassingProgram, std::string> PassingProgram::load() {
  const std::array<bpf_insn, 2> instructions{{{BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, XDP_PASS},  // r0 = pass
                                              {BPF_JMP | BPF_EXIT, 0, 0, 0, 0}}};                        // return r0
  constexpr char licence[] = "Apache-2.0";  // it calls nothing of the kernel's that would ask for another
  bpf_attr attributes{};
  attributes.prog_type = BPF_PROG_TYPE_XDP;
  attributes.insns = reinterpret_cast<std::uintptr_t>(instructions.data());
  attributes.insn_cnt = instructions.size();
  attributes.license = reinterpret_cast<std::uintptr_t>(licence);
  std::memcpy(attributes.prog_name, program_name, sizeof program_name);
  Descriptor program{bpf(BPF_PROG_LOAD, attributes)};
  if (!program.is_open())
    return tl::unexpected(std::string{"cannot load an XDP program (CAP_SYS_ADMIN is needed): "} + std::strerror(errno));
  return PassingProgram{std::move(program)};
}

PutAside PutAside::of(std::uint32_t id) noexcept {
  return id == 0 ? PutAside{} : PutAside{id, open_by_id(BPF_PROG_GET_FD_BY_ID, id)};
}

int put_aside(Netlink& kernel, int interface, const PassingProgram& passing, PutAside& aside,
              std::uint32_t& noted) noexcept {
  const auto attached = attached_to(kernel, interface);
  if (!attached) return attached.error();
  if (attached->id == 0) return 0;
  auto current = open_by_id(BPF_PROG_GET_FD_BY_ID, attached->id);
  if (!current.is_open()) return errno;
  if (is_ours(current)) return 0;  // perhaps of an earlier life
  noted = attached->id;
  const int error = exchange(kernel, interface, attached->mode, current.number(), passing.descriptor());
  if (error != 0) noted = 0;
  aside = error == 0 ? PutAside{attached->id, std::move(current)} : PutAside{};
  return error;
}

int put_back(Netlink& kernel, int interface, PutAside& aside, std::uint32_t& noted) noexcept {
  const auto attached = attached_to(kernel, interface);
  if (!attached) return attached.error();
  const auto current = open_by_id(BPF_PROG_GET_FD_BY_ID, attached->id);
  int error = 0;
  if (current.is_open() && is_ours(current))
    error = exchange(kernel, interface, attached->mode, current.number(), aside.program.number());
  aside = PutAside{};
  noted = 0;
  return error;
}

SocketMap socket_map_of(Netlink& kernel, int interface) noexcept {
  const auto attached = attached_to(kernel, interface);
  return attached ? SocketMap::of_program(attached->id) : SocketMap{};
}

}  // namespace sluice
