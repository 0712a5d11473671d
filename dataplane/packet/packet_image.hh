// The bytes of a packet as it was inspected, for events that shall show them: the frame; of a tunnel what it holds; of
// a datagram that came in fragments all of it, behind the headers of the fragment that completed it. As Suricata's EVE
// has them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "dataplane/base/bytes.hh"
#include "dataplane/packet/packet.hh"

namespace sluice {

// What follows the headers of TCP, UDP, ICMP, SCTP or ESP.
[[nodiscard]] Bytes inspected_payload(const Packet& packet) noexcept;

class PacketImage {
 public:
  // An IP datagram of the greatest length, and link headers before it.
  static constexpr std::size_t limit = 65'535 + 129;  // bytes

  // Of a decoded packet, which outlives it. What is beyond the limit is left out.
  explicit PacketImage(const Packet& packet) noexcept;
  PacketImage(const PacketImage&) = delete;
  PacketImage& operator=(const PacketImage&) = delete;

  // To be put one behind the other.
  [[nodiscard]] std::span<const Bytes> pieces() const noexcept { return {pieces_.data(), count_}; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool is_cut() const noexcept { return cut_; }
  // LINKTYPE_ number of what it begins with (https://www.tcpdump.org/linktypes.html), as libpcap gives it on Linux.
  [[nodiscard]] std::uint16_t link_type() const noexcept { return link_type_; }
  // Where a part of the packet, such as its payload, begins in it; nothing where it is not all there.
  [[nodiscard]] std::optional<std::size_t> find(Bytes part) const noexcept;

 private:
  static constexpr std::size_t pieces_limit = 7;

  void add(Bytes piece) noexcept;
  void add_v4_header(Bytes header, std::size_t data) noexcept;
  void add_v6_headers(Bytes headers, std::size_t data) noexcept;

  std::array<Bytes, pieces_limit> pieces_{};
  std::size_t count_ = 0;
  std::size_t size_ = 0;
  bool cut_ = false;
  std::uint16_t link_type_ = 0;
  std::array<std::uint8_t, 20> header_{};  // what had to be written anew
};

}  // namespace sluice
