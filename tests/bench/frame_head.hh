// What stands before the payload of a frame: Ethernet, IPv4 or IPv6, TCP (with the time stamps that phones send) or
// UDP. Checksums stay zero: nothing reads them unless stream.check_checksums asks for it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "dataplane/base/bytes.hh"

namespace sluice::bench {

// A phone and a server; their addresses and MACs follow from the numbers.
struct Ends {
  std::uint32_t phone = 0;   // up to 2^16
  std::uint32_t server = 0;  // up to 2^16
  std::uint16_t phone_port = 0;
  std::uint16_t server_port = 0;
  bool is_v6 = false;
};

enum class Toward : std::uint8_t { server, phone };

struct TcpFields {
  std::uint32_t sequence = 0;
  std::uint32_t acknowledgement = 0;
  std::uint8_t flags = 0;
};

class FrameHead {
 public:
  FrameHead() = default;
  [[nodiscard]] static FrameHead tcp(const Ends& ends, Toward toward, const TcpFields& fields,
                                     std::size_t payload_size);
  [[nodiscard]] static FrameHead udp(const Ends& ends, Toward toward, std::size_t payload_size);

  [[nodiscard]] Bytes bytes() const noexcept { return {bytes_.data(), size_}; }
  // Where the EtherType stands.
  static constexpr std::size_t ether_type_offset = 12;

 private:
  void link_and_network(const Ends& ends, Toward toward, std::uint8_t protocol, std::size_t segment_size);
  void address(const Ends& ends, bool of_phone);
  void ports(const Ends& ends, Toward toward);
  void put8(unsigned value) { bytes_[size_++] = static_cast<std::uint8_t>(value); }
  void put16(unsigned value) {
    put8(value >> 8);
    put8(value);
  }
  void put32(std::uint32_t value) {
    put16(value >> 16);
    put16(value & 0xffff);
  }

  std::array<std::uint8_t, 96> bytes_;  // the longest head is one of 86: IPv6 and TCP
  std::size_t size_ = 0;
};

}  // namespace sluice::bench
