// A kernel network interface made fit to be half of a wire: nothing of the host speaks on it, and frames come as they
// were sent. Undone when the value goes.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

namespace sluice {

class PreparedInterface {
 public:
  // IPv6 and ARP off, promiscuous, up; segmentation, receive, checksum and VLAN offloads off. Needs CAP_NET_ADMIN.
  // mtu: bytes, 0 = as found.
  [[nodiscard]] static tl::expected<PreparedInterface, std::string> prepare(const std::string& name, std::uint32_t mtu);

  PreparedInterface(PreparedInterface&& other) noexcept;
  PreparedInterface& operator=(PreparedInterface&&) = delete;
  ~PreparedInterface();

  // Leaves the interface as it is, for good.
  void keep() noexcept { name_.clear(); }

  // Whether the other end is there; false while it is set down.
  [[nodiscard]] bool has_link() const noexcept;
  // Sets it up or down for a while: at the end it is as it was before all. Needs CAP_NET_ADMIN.
  [[nodiscard]] tl::expected<void, std::string> set_up(bool up) const;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] std::uint32_t mtu() const noexcept { return mtu_; }

 private:
  explicit PreparedInterface(std::string name) : name_(std::move(name)) {}

  struct Offload {
    std::uint32_t set_command;
    std::uint32_t before;
  };

  [[nodiscard]] tl::expected<void, std::string> change(std::uint32_t mtu);
  void restore() noexcept;

  std::string name_;
  std::uint32_t mtu_ = 0;
  std::uint32_t mtu_before_ = 0;
  short flags_before_ = 0;
  bool flags_changed_ = false;
  std::string ipv6_before_;  // content of disable_ipv6; empty where it was not changed
  std::vector<Offload> offloads_;
};

}  // namespace sluice
