// NTP and SNTP (RFC 5905; versions 1 to 3 have the same form: RFC 1059, 1119, 1305): which clock a device asks.
#pragma once

#include <cstdint>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"

namespace sluice {

constexpr std::uint16_t ntp_port = 123;

enum class NtpError : std::uint8_t {
  need_more,  // shorter than the header of its mode
  not_this,   // another version, mode or stratum, or a size that no trailer explains
};

struct NtpMessage {
  std::uint8_t version = 0;        // 1 to 4
  std::uint8_t mode = 0;           // RFC 5905 section 7.3: 3 client, 4 server; 6 control (RFC 9327), 7 private
  std::uint8_t stratum = 0;        // modes 1 to 5; 0 = unspecified, or a kiss of death
  std::uint32_t reference_id = 0;  // modes 1 to 5: four letters at stratum 0 and 1, else the upstream server's
};

// By its form; what it stands on must be NTP's port, since the form says little.
[[nodiscard]] Probe probe_ntp(Bytes datagram) noexcept;
[[nodiscard]] tl::expected<NtpMessage, NtpError> parse_ntp(Bytes datagram) noexcept;

}  // namespace sluice
