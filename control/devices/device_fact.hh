// What a device said of itself, once: a kind and a value as it stood on the wire. Hostile input: a value may be any
// bytes of any length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

// Crosses the store by name alone.
enum class FactKind : std::uint8_t {
  push_model,          // of a push protocol's first frame: "Redmi Note 9S"
  push_build,          // "V12.5.2.0.RJWMIXM"
  dhcp_vendor_class,   // option 60 (RFC 2132 section 9.13), of DHCPv6 the data of option 16
  dhcp_parameters,     // option 55 (RFC 2132 section 9.8): its bytes
  dhcp_host_name,      // option 12, 81, of DHCPv6 39
  user_agent,          // of HTTP in clear text, or of SSDP
  connectivity_check,  // host and path that were asked for: "connect.rom.miui.com/generate_204"
  mdns_model,          // of "model=MacBookPro18,3" what stands behind the '='
  mdns_host_name,      // "Galaxy-S21.local"
  ssdp_server,         // header SERVER
  ja4,                 // of the client
  name,                // a host name that was looked up or stood in a handshake
  hardware_address,    // six bytes
};
constexpr std::size_t fact_kinds = 13;

// "dhcp-vendor-class"
[[nodiscard]] std::string_view text_of(FactKind kind) noexcept;
// Nothing where no kind is called so.
[[nodiscard]] std::optional<FactKind> fact_kind_of(std::string_view text) noexcept;

struct DeviceFact {
  FactKind kind{};
  std::string value;

  bool operator==(const DeviceFact&) const = default;
};

// Bytes of a value that are looked at: names have 253 at most, and what a user agent says of the device stands at its
// start.
constexpr std::size_t fact_value_limit = 1024;

}  // namespace sluice
