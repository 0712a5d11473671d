// Which protocols' messages have a buffer.
#pragma once

#include <cstdint>

#include "rules/signatures/buffer_moment.hh"
#include "rules/signatures/signature.hh"

namespace sluice {

using ProtocolSet = std::uint64_t;

[[nodiscard]] constexpr ProtocolSet set_of(SignatureProtocol protocol) noexcept {
  return ProtocolSet{1} << static_cast<unsigned>(protocol);
}

// Nothing for what belongs to no application: payload, headers of packets.
[[nodiscard]] constexpr ProtocolSet protocols_of(Moments moments) noexcept {
  ProtocolSet protocols = 0;
  if ((moments & (when::http | when::http2_frame)) != 0) protocols |= set_of(SignatureProtocol::http);
  if ((moments & when::dns) != 0) protocols |= set_of(SignatureProtocol::dns);
  if ((moments & (when::hellos | when::certificates)) != 0) protocols |= set_of(SignatureProtocol::tls);
  if ((moments & when::hellos) != 0) protocols |= set_of(SignatureProtocol::quic);
  return protocols;
}

[[nodiscard]] constexpr ProtocolSet protocols_of(Buffer buffer) noexcept {
  switch (buffer) {
    case Buffer::quic_sni:
    case Buffer::quic_version:
    case Buffer::quic_ua: return set_of(SignatureProtocol::quic);
    case Buffer::tls_sni:
    case Buffer::tls_random:
    case Buffer::tls_random_time:
    case Buffer::tls_random_bytes:
    case Buffer::tls_alpn: return set_of(SignatureProtocol::tls);
    default: return protocols_of(moments_of(buffer));
  }
}

[[nodiscard]] constexpr ProtocolSet protocols_of(MessageNumber number) noexcept {
  if ((moments_of(number) & (when::hellos | when::certificates)) != 0) return set_of(SignatureProtocol::tls);
  return protocols_of(moments_of(number));
}

}  // namespace sluice
