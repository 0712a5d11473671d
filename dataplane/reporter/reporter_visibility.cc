// What could be seen of a flow, noted when its hello comes and said at its end.
#include "dataplane/reporter/reporter.hh"

namespace sluice {

void Reporter::note_hello(const Passage& at, const ClientHello& hello) noexcept {
  auto& sight = at.flow.sight;
  const auto now = at.packet.time;
  sight.real_ech |= hello.has_encrypted_client_hello && hello.ech_config_id &&
                    memory_->ech.knows(at.packet.source, *hello.ech_config_id, hello.sni, now);
  for (const auto protocol : hello.alpn) {
    const auto kind = encrypted_dns_of_alpn(protocol);
    if (kind != EncryptedDns::none) sight.encrypted_dns = kind;
    sight.other_alpn |= kind == EncryptedDns::none;
  }
  Hits hits;
  ruleset_->match_name(hello.sni, hits);
  sight.relay |= ruleset_->any_of(hits, FindingClass::anonymiser, now);
  // That names are asked over HTTPS, only the lists can tell: by the name of the resolver or by its address.
  constexpr std::uint16_t https_port = 443;
  if (at.flow.responder_port() == https_port && at.flow.protocol != Protocol::dtls &&
      sight.encrypted_dns == EncryptedDns::none &&
      (sight.listed_resolver || ruleset_->any_of(hits, FindingClass::dns_bypass, now)))
    sight.encrypted_dns = EncryptedDns::doh;
}

Visibility Reporter::judge_visibility(const Flow& flow) noexcept {
  const auto judged = visibility(flow, !flow.named && resolved(flow, flow.last_seen) != nullptr);
  ++counters_->flows_by_visibility[judged];
  counters_->bytes_by_visibility[judged] += flow.bytes[0] + flow.bytes[1];
  return judged;
}

void Reporter::encrypted_dns_field(EventWriter& event, const Flow& flow) noexcept {
  if (const auto kind = encrypted_dns(flow); kind != EncryptedDns::none)
    event.integer(Field::encrypted_dns, static_cast<std::uint64_t>(kind));
}

}  // namespace sluice
