// SSDP, by which devices of UPnP announce and seek each other (UPnP Device Architecture 2.0, section 1): HTTP's form in
// a datagram. Views point into the message.
#pragma once

#include <cstdint>
#include <string_view>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"

namespace sluice {

// Header lines read of one message: real ones have about ten.
constexpr std::size_t ssdp_header_limit = 64;

enum class SsdpError : std::uint8_t {
  not_this,          // another start line; or a response without a search target
  malformed,         // a line that is no header
  too_many_headers,  // more than ssdp_header_limit
};

enum class SsdpKind : std::uint8_t { search = 1, notify = 2, response = 3 };

struct SsdpMessage {
  SsdpKind kind{};
  std::string_view target;    // ST of a search or response, NT of an announcement: what is sought or offered
  std::string_view usn;       // the device's own identifier, mostly with the target behind it
  std::string_view sub_type;  // NTS: "ssdp:alive", "ssdp:byebye", "ssdp:update"
  std::string_view server;    // system and product with versions
  std::string_view user_agent;
  std::string_view location;  // where its description is
};

// By its start line; any port. The response's is HTTP's, which no datagram has otherwise.
[[nodiscard]] Probe probe_ssdp(Bytes datagram) noexcept;
[[nodiscard]] tl::expected<SsdpMessage, SsdpError> parse_ssdp(Bytes datagram) noexcept;

}  // namespace sluice
