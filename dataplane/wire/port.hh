// A DPDK port: found or made, configured, started; stopped and given back when the value goes.
#pragma once

#include <rte_mempool.h>

#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/wire/interface.hh"

namespace sluice {

enum class PortDriver : std::uint8_t { af_xdp, af_packet, pci, vdev };

struct PortOptions {
  std::string device;  // interface name, PCI address, or DPDK's vdev string
  PortDriver driver = PortDriver::af_xdp;
  std::uint16_t queues = 1;
  std::uint16_t mtu_bytes = 0;  // 0 = as found
};

// Packet buffers, one pool for all ports, so that a frame moves from port to port without a copy where the driver can.
class PacketPool {
 public:
  // frame_bytes: the largest frame that one buffer must hold.
  [[nodiscard]] static tl::expected<PacketPool, std::string> create(std::uint32_t count, std::uint32_t frame_bytes);
  PacketPool(PacketPool&& other) noexcept : pool_(other.pool_) { other.pool_ = nullptr; }
  PacketPool& operator=(PacketPool&&) = delete;
  ~PacketPool();

  [[nodiscard]] rte_mempool* get() const noexcept { return pool_; }
  [[nodiscard]] std::uint32_t in_use() const noexcept;

 private:
  explicit PacketPool(rte_mempool* pool) noexcept : pool_(pool) {}
  rte_mempool* pool_;
};

class Port {
 public:
  // Finds it, or makes it; no packet is taken yet. `number`: of the port among all, for the name of a device that is
  // made.
  [[nodiscard]] static tl::expected<Port, std::string> open(const PortOptions& options, std::uint32_t number);
  // From here on packets come in, and wait. `options`: as it was opened with.
  [[nodiscard]] tl::expected<void, std::string> start(const PortOptions& options, const PacketPool& pool);
  Port(Port&& other) noexcept;
  Port& operator=(Port&&) = delete;
  ~Port();

  // Of a port that is set up: whether its other end is there.
  [[nodiscard]] bool has_link() const noexcept;
  // Sets it up or down, so that its other end sees it come or go; queues and filters stay as they are.
  [[nodiscard]] tl::expected<void, std::string> set_link(bool up) const;

  [[nodiscard]] std::uint16_t id() const noexcept { return id_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
  Port(std::string name, std::string made, std::optional<PreparedInterface> interface, std::uint16_t id)
      : name_(std::move(name)), made_(std::move(made)), interface_(std::move(interface)), id_(id) {}

  std::string name_;  // as the operator wrote it
  std::string made_;  // DPDK's name of a device that was made here; empty for one that was there
  std::optional<PreparedInterface> interface_;
  std::uint16_t id_;
};

}  // namespace sluice
