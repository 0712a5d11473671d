#include "dataplane/wire/port.hh"

#include <rte_bus_vdev.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace sluice {
namespace {

constexpr std::uint16_t descriptors = 1024;
constexpr std::uint32_t pool_cache = 256;
constexpr std::uint32_t ethernet_overhead = 14 + 4 + 2 * 4;  // header, FCS, two VLAN tags

std::string because(int code) { return std::string{": "} + rte_strerror(code < 0 ? -code : code); }

// DPDK's vdev string for a kernel interface.
std::string arguments_for(const PortOptions& options) {
  const auto queues = std::to_string(options.queues);
  if (options.driver == PortDriver::af_packet) return "iface=" + options.device + ",qpairs=" + queues;
  return "iface=" + options.device + ",start_queue=0,queue_count=" + queues;
}

}  // namespace

tl::expected<PacketPool, std::string> PacketPool::create(std::uint32_t count, std::uint32_t frame_bytes) {
  const auto room = std::max<std::uint32_t>(RTE_MBUF_DEFAULT_BUF_SIZE, RTE_PKTMBUF_HEADROOM + frame_bytes);
  auto* pool = rte_pktmbuf_pool_create("sluice-packets", count, pool_cache, 0, static_cast<std::uint16_t>(room),
                                       static_cast<int>(rte_socket_id()));
  if (pool == nullptr)
    return tl::unexpected("cannot make a pool of " + std::to_string(count) + " packet buffers of " +
                          std::to_string(room) + " bytes" + because(rte_errno) + " (raise eal.memory_mib)");
  return PacketPool{pool};
}

PacketPool::~PacketPool() { rte_mempool_free(pool_); }

std::uint32_t PacketPool::in_use() const noexcept { return rte_mempool_in_use_count(pool_); }

tl::expected<Port, std::string> Port::open(const PortOptions& options, std::uint32_t number) {
  const bool kernel = options.driver == PortDriver::af_xdp || options.driver == PortDriver::af_packet;
  std::optional<PreparedInterface> interface;
  auto dpdk_name = options.device;
  auto arguments = std::string{};
  if (kernel) {
    auto prepared = PreparedInterface::prepare(options.device, options.mtu_bytes);
    if (!prepared) return tl::unexpected(prepared.error());
    interface.emplace(std::move(*prepared));
    dpdk_name = (options.driver == PortDriver::af_packet ? "net_af_packet" : "net_af_xdp") + std::to_string(number);
    arguments = arguments_for(options);
  } else if (const auto comma = options.device.find(','); comma != std::string::npos) {
    dpdk_name = options.device.substr(0, comma);
    arguments = options.device.substr(comma + 1);
  }

  std::string made;
  std::uint16_t id = 0;
  if (rte_eth_dev_get_port_by_name(dpdk_name.c_str(), &id) != 0) {
    const auto* bus = options.driver == PortDriver::pci ? "pci" : "vdev";
    if (const int error = rte_eal_hotplug_add(bus, dpdk_name.c_str(), arguments.c_str()); error != 0)
      return tl::unexpected("port " + options.device + ": DPDK cannot open it as " + dpdk_name + "," + arguments +
                            because(error));
    made = dpdk_name;
    if (const int error = rte_eth_dev_get_port_by_name(dpdk_name.c_str(), &id); error != 0)
      return tl::unexpected("port " + options.device + ": no port came of " + dpdk_name + because(error));
  }
  return Port{options.device, std::move(made), std::move(interface), id};
}

tl::expected<void, std::string> Port::start(const PortOptions& options, const PacketPool& pool) {
  const auto fail = [&](const char* what, int code) {
    return tl::unexpected("port " + name_ + ": " + what + because(code));
  };
  rte_eth_dev_info info{};
  if (const int error = rte_eth_dev_info_get(id_, &info); error != 0) return fail("cannot read what it can do", error);
  if (options.queues > info.max_rx_queues || options.queues > info.max_tx_queues)
    return tl::unexpected("port " + name_ + ": " + std::to_string(options.queues) + " queues wanted, it has " +
                          std::to_string(std::min(info.max_rx_queues, info.max_tx_queues)) +
                          " (lower workers and queues)");

  rte_eth_conf configuration{};
  const auto buffer = static_cast<std::uint32_t>(rte_pktmbuf_data_room_size(pool.get())) - RTE_PKTMBUF_HEADROOM;
  const auto mtu = options.mtu_bytes != 0 ? options.mtu_bytes : interface_ ? interface_->mtu() : RTE_ETHER_MTU;
  if (mtu + ethernet_overhead > buffer)
    return tl::unexpected("port " + name_ + ": frames of MTU " + std::to_string(mtu) + " do not fit a buffer of " +
                          std::to_string(buffer) + " bytes (set mtu_bytes on every port)");
  configuration.rxmode.mtu = std::min<std::uint32_t>(mtu, info.max_mtu);
  if (const int error = rte_eth_dev_configure(id_, options.queues, options.queues, &configuration); error != 0)
    return fail("cannot configure it", error);
  auto rx = descriptors;
  auto tx = descriptors;
  if (const int error = rte_eth_dev_adjust_nb_rx_tx_desc(id_, &rx, &tx); error != 0)
    return fail("cannot size its rings", error);
  const auto socket = static_cast<unsigned>(std::max(0, rte_eth_dev_socket_id(id_)));
  for (std::uint16_t queue = 0; queue < options.queues; ++queue) {
    if (const int error = rte_eth_rx_queue_setup(id_, queue, rx, socket, nullptr, pool.get()); error != 0)
      return fail("cannot set up a receive queue", error);
    if (const int error = rte_eth_tx_queue_setup(id_, queue, tx, socket, nullptr); error != 0)
      return fail("cannot set up a transmit queue", error);
  }
  // A memory port knows no MTU; where one was asked for, the driver must take it.
  if (options.mtu_bytes != 0 && !interface_) {
    const int error = rte_eth_dev_set_mtu(id_, options.mtu_bytes);
    if (error != 0 && error != -ENOTSUP) return fail("cannot set the MTU", error);
  }
  if (const int error = rte_eth_dev_start(id_); error != 0) return fail("cannot start it", error);
  // Kernel interfaces were made promiscuous already; memory ports need not be.
  (void)rte_eth_promiscuous_enable(id_);
  return {};
}

// The drivers of kernel interfaces tell what they set themselves, not what the kernel sees.
bool Port::has_link() const noexcept {
  if (interface_) return interface_->has_link();
  rte_eth_link link{};
  return rte_eth_link_get_nowait(id_, &link) == 0 && link.link_status == RTE_ETH_LINK_UP;
}

tl::expected<void, std::string> Port::set_link(bool up) const {
  if (interface_) return interface_->set_up(up);
  const int error = up ? rte_eth_dev_set_link_up(id_) : rte_eth_dev_set_link_down(id_);
  if (error == 0) return {};
  return tl::unexpected(std::string{"its driver does not set its link "} + (up ? "up" : "down") + because(error) +
                        " (set link_loss_forwarding to false)");
}

Port::Port(Port&& other) noexcept
    : name_(std::move(other.name_)),
      made_(std::move(other.made_)),
      interface_(std::move(other.interface_)),
      id_(std::exchange(other.id_, std::uint16_t{RTE_MAX_ETHPORTS})) {}

Port::~Port() {
  if (id_ == RTE_MAX_ETHPORTS) return;
  (void)rte_eth_dev_stop(id_);
  (void)rte_eth_dev_close(id_);
  if (!made_.empty()) (void)rte_eal_hotplug_remove("vdev", made_.c_str());
}

}  // namespace sluice
