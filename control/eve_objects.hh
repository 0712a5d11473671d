// The protocol objects of EVE but DNS (eve_dns.hh), each from the fields of one event. Fields of other protocols and
// unknown ones are skipped; of a field that may stand once the first counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "control/eve_json.hh"
#include "control/redaction.hh"
#include "dataplane/event.hh"

namespace sluice {

// What a ClientHello says. `version` is left out: Suricata means the server's choice by it.
[[nodiscard]] Json tls_object(const Event& event);
[[nodiscard]] Json quic_object(const Event& event);
[[nodiscard]] Json http_object(const Event& event);
[[nodiscard]] Json flow_object(const Event& event);
// What a device says of itself to Xiaomi's push service; its id and the name of its network redacted, without digest
// where there is no redactor.
[[nodiscard]] Json xiaomi_push_object(const Event& event, const Redactor* redactor);
// Of a TCP flow: the flags as two hex digits, and each one that was seen.
[[nodiscard]] Json tcp_object(std::uint64_t flags);

// "TLS 1.3", "TLSv1", "0xNNNN": Suricata's spelling.
[[nodiscard]] std::string tls_version_text(std::uint64_t version);
// Suricata's spelling: the gQUIC versions that it knows as four letters ("Q046"), others as hex without leading zeros:
// "1" (RFC 9000), "6b3343cf" (RFC 9369), "ff00001d" (draft 29).
[[nodiscard]] std::string quic_version_text(std::uint64_t version);
// "dns", "tls", "quic", "http", "xiaomi_push", "dhcp"; empty for Protocol::unknown and any other number.
[[nodiscard]] std::string_view text_of(Protocol protocol) noexcept;

}  // namespace sluice
