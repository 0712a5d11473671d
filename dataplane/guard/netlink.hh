// Questions and orders to the kernel about its interfaces (rtnetlink(7)), one at a time, without memory of the heap.
#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "dataplane/base/descriptor.hh"

namespace sluice {

// The first attribute of that type, its header left out; empty where there is none. What is cut or contradicts itself
// ends the search.
[[nodiscard]] std::span<const std::uint8_t> attribute(std::span<const std::uint8_t> attributes,
                                                      std::uint16_t type) noexcept;

// A request while it is being put together. One that does not fit is not sent.
class NetlinkRequest {
 public:
  // `fixed`: what follows the header, an ifinfomsg or a tcmsg.
  template <class Fixed>
  NetlinkRequest(std::uint16_t type, std::uint16_t flags, const Fixed& fixed) noexcept {
    append(&fixed, sizeof fixed);
    header().nlmsg_type = type;
    header().nlmsg_flags = static_cast<std::uint16_t>(flags | NLM_F_REQUEST);
  }

  void add(std::uint16_t type, const void* data, std::size_t size) noexcept;
  template <class Value>
  void add(std::uint16_t type, const Value& value) noexcept {
    add(type, &value, sizeof value);
  }
  void add_text(std::uint16_t type, const char* text) noexcept { add(type, text, std::strlen(text) + 1); }
  // Attributes from begin() to end() lie in one of that type.
  [[nodiscard]] std::size_t begin(std::uint16_t type) noexcept;
  void end(std::size_t begun) noexcept;

 private:
  friend class Netlink;
  void append(const void* data, std::size_t size) noexcept;
  [[nodiscard]] nlmsghdr& header() noexcept { return *reinterpret_cast<nlmsghdr*>(bytes_.data()); }

  alignas(nlmsghdr) std::array<std::uint8_t, 512> bytes_{};
  std::size_t size_ = sizeof(nlmsghdr);
  bool fits_ = true;
};

class Netlink {
 public:
  // `groups`: of notifications (RTMGRP_*), for a socket that only listens.
  [[nodiscard]] static tl::expected<Netlink, std::string> open(std::uint32_t groups = 0);

  // Has the kernel do something. 0, or a positive errno.
  [[nodiscard]] int order(NetlinkRequest& request) noexcept;
  // Asks something of which the answer is one message; `fixed_size`: bytes before its attributes. Its attributes (good
  // until the next call), or a positive errno.
  [[nodiscard]] tl::expected<std::span<const std::uint8_t>, int> ask(NetlinkRequest& request,
                                                                     std::size_t fixed_size) noexcept;
  // Reads what notifications there are, without looking at them; whether there were any.
  [[nodiscard]] bool drain() noexcept;
  [[nodiscard]] int descriptor() const noexcept { return socket_.number(); }

 private:
  explicit Netlink(Descriptor socket) noexcept : socket_(std::move(socket)) {}
  // The answer's header, or a positive errno.
  [[nodiscard]] tl::expected<const nlmsghdr*, int> exchange(NetlinkRequest& request) noexcept;

  Descriptor socket_;
  std::uint32_t sequence_ = 0;
  alignas(nlmsghdr) std::array<std::uint8_t, 16384> answer_{};
};

}  // namespace sluice
