#include "tests/bench/memory_port.hh"

#include <rte_eth_ring.h>
#include <rte_ethdev.h>

#include <stdexcept>

namespace sluice::bench {
namespace {

rte_ring* make_ring(const std::string& name, std::uint32_t slots) {
  auto* ring = rte_ring_create(name.c_str(), slots, SOCKET_ID_ANY, RING_F_SP_ENQ | RING_F_SC_DEQ);
  if (ring == nullptr) throw std::runtime_error("DPDK has no memory for the ring " + name);
  return ring;
}

void must(int status, const std::string& what) {
  if (status < 0) throw std::runtime_error("DPDK cannot " + what + ": " + rte_strerror(-status));
}

}  // namespace

MemoryPort::MemoryPort(const std::string& name, rte_mempool* pool, std::uint32_t slots)
    : arriving_(make_ring(name + "-rx", slots)), leaving_(make_ring(name + "-tx", slots)) {
  const int made = rte_eth_from_rings(name.c_str(), &arriving_, 1, &leaving_, 1, 0);
  must(made < 0 ? -rte_errno : 0, "make the port " + name);
  id_ = static_cast<std::uint16_t>(made);
  const rte_eth_conf configuration{};
  must(rte_eth_dev_configure(id_, 1, 1, &configuration), "configure the port " + name);
  must(rte_eth_rx_queue_setup(id_, 0, 1024, 0, nullptr, pool), "set up receiving on " + name);
  must(rte_eth_tx_queue_setup(id_, 0, 1024, 0, nullptr), "set up transmitting on " + name);
  must(rte_eth_dev_start(id_), "start the port " + name);
}

MemoryPort::~MemoryPort() {
  (void)rte_eth_dev_stop(id_);
  (void)rte_eth_dev_close(id_);
  rte_ring_free(arriving_);
  rte_ring_free(leaving_);
}

}  // namespace sluice::bench
