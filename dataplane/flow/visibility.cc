#include "dataplane/flow/visibility.hh"

#include "dataplane/parsers/vpn.hh"

namespace sluice {

EncryptedDns encrypted_dns_of_alpn(std::string_view alpn) noexcept {
  if (alpn == "dot") return EncryptedDns::dot;
  if (alpn == "doq" || alpn.starts_with("doq-")) return EncryptedDns::doq;
  return EncryptedDns::none;
}

EncryptedDns encrypted_dns(const Flow& flow) noexcept {
  if (flow.sight.encrypted_dns != EncryptedDns::none || flow.sight.other_alpn) return flow.sight.encrypted_dns;
  const auto port = flow.responder_port();
  constexpr std::uint16_t own = 853, early_draft = 784, late_draft = 8853;
  switch (flow.protocol) {
    case Protocol::tls:
    case Protocol::dtls: return port == own ? EncryptedDns::dot : EncryptedDns::none;
    case Protocol::quic:
      return port == own || port == early_draft || port == late_draft ? EncryptedDns::doq : EncryptedDns::none;
    default: return EncryptedDns::none;
  }
}

Visibility visibility(const Flow& flow, bool is_looked_up) noexcept {
  const auto& sight = flow.sight;
  // Control messages: all of them stand in the clear.
  if (flow.key.protocol == ip_protocol::icmp || flow.key.protocol == ip_protocol::icmp_v6)
    return Visibility::clear_text;
  const bool is_followed = !flow.unfollowed && !flow.shed && flow.lost_buffer == 0;
  if (!sight.payload && is_followed) return Visibility::no_payload;
  if (is_opaque_tunnel(flow.protocol) || sight.relay) return Visibility::vpn;
  if (encrypted_dns(flow) != EncryptedDns::none) return Visibility::encrypted_dns;
  if (sight.real_ech) return Visibility::ech;
  switch (flow.protocol) {
    case Protocol::unknown:
    case Protocol::tls:
    case Protocol::dtls:
    case Protocol::ssh:
    case Protocol::stun:
    case Protocol::quic: break;
    case Protocol::xiaomi_push:  // only its start is in the clear
      if (sight.message) return Visibility::clear_text;
      break;
    default: return Visibility::clear_text;  // what else has a parser is read as it stands
  }
  if (flow.named || sight.certificate_name || is_looked_up) return Visibility::name_only;
  if (!is_followed) return Visibility::not_followed;
  return flow.protocol == Protocol::unknown ? Visibility::unknown_protocol : Visibility::ciphertext_without_name;
}

}  // namespace sluice
