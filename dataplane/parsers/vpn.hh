// Tunnels that nothing sees into, recognised by the form of what they say in clear: IPsec's key exchange and its data
// in UDP, WireGuard, OpenVPN. Forms are strict, because everything else on these ports is something else.
#pragma once

#include <cstdint>
#include <optional>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/fields.hh"
#include "dataplane/base/probe_result.hh"
#include "dataplane/base/tick.hh"

namespace sluice {

// Whether everything in it is ciphertext.
[[nodiscard]] constexpr bool is_opaque_tunnel(Protocol protocol) noexcept {
  return protocol == Protocol::ipsec || protocol == Protocol::wireguard || protocol == Protocol::openvpn;
}

// Whether what follows the handshake is ciphertext.
[[nodiscard]] constexpr bool hides_payload(Protocol protocol) noexcept {
  return protocol == Protocol::tls || protocol == Protocol::dtls || protocol == Protocol::quic ||
         protocol == Protocol::xiaomi_push || protocol == Protocol::ssh || is_opaque_tunnel(protocol);
}

// A UDP payload of which nothing else is known; `port`s: of its two ends.
[[nodiscard]] std::optional<Protocol> recognise_vpn(Bytes payload, std::uint16_t source_port,
                                                    std::uint16_t destination_port, Tick now) noexcept;
// The first bytes of a TCP direction.
[[nodiscard]] Probe probe_openvpn_tcp(Bytes data, Tick now) noexcept;

}  // namespace sluice
