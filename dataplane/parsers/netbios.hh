// The NetBIOS name service (RFC 1002 section 4.2): a Windows machine or a printer says its name, or asks for one. Its
// header is that of DNS, its names are not. Views point into the message.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"
#include "rules/names/address.hh"

namespace sluice {

constexpr std::uint16_t netbios_name_port = 137;
// Names kept of one node's list; it holds 255 at most, real ones have about ten.
constexpr std::size_t netbios_name_limit = 16;

enum class NetbiosError : std::uint8_t {
  need_more,  // the message ends before what its counts announce
  not_this,   // another operation, or no NetBIOS name where one must stand
};

// RFC 1001 section 14.1: 15 characters, filled up with spaces, and a byte that says what the name is of (0x00 a
// machine, 0x20 its file service, 0x1b and 0x1c a domain).
struct NetbiosName {
  std::array<char, 15> text{};
  std::uint8_t size = 0;  // of text
  std::uint8_t suffix = 0;
  bool is_group = false;  // known of the names in a node's list, and of what is registered

  [[nodiscard]] std::string_view view() const noexcept { return {text.data(), size}; }
};

struct NetbiosMessage {
  std::uint16_t id = 0;
  std::uint16_t flags = 0;                           // the 16 bits after the id
  std::uint16_t type = 0;                            // 0x20 a name, 0x21 a node's status
  NetbiosName name;                                  // of the question, or of the first record
  std::optional<Address> address;                    // what the name stands for, in a registration or an answer
  std::size_t names = 0;                             // how many there are of
  std::array<NetbiosName, netbios_name_limit> node;  // the names of a node that tells its status

  [[nodiscard]] bool is_response() const noexcept { return (flags & 0x8000) != 0; }
  // RFC 1002 section 4.2.1.1: 0 query, 5 registration, 6 release, 7 wait, 8 and 9 refresh
  [[nodiscard]] unsigned operation() const noexcept { return flags >> 11 & 0xf; }
};

// By operation and name, whose form is NetBIOS' alone.
[[nodiscard]] Probe probe_netbios(Bytes datagram) noexcept;
[[nodiscard]] tl::expected<NetbiosMessage, NetbiosError> parse_netbios(Bytes datagram) noexcept;

}  // namespace sluice
