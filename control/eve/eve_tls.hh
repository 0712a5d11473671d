// The objects of EVE for TLS, DTLS and QUIC handshakes, in Suricata 8's keys and spellings; what is ours stands in
// control/README.md.
#pragma once

#include <cstdint>
#include <string>

#include "control/eve/eve_json.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// What client and server said, as far as each was seen. `version` is the server's choice.
[[nodiscard]] Json tls_object(const Event& event);
[[nodiscard]] Json quic_object(const Event& event);
// What Suricata has no place for, into `own`.
void put_own_of_handshake(Json& own, const Event& event);

// "TLS 1.3", "TLSv1", "DTLS 1.2", "TLS 1.3 draft-23", "0xNNNN": Suricata's spelling.
[[nodiscard]] std::string tls_version_text(std::uint64_t version);
// Suricata's spelling: the gQUIC versions that it knows as four letters ("Q046"), others as hex without leading zeros:
// "1" (RFC 9000), "6b3343cf" (RFC 9369), "ff00001d" (draft 29).
[[nodiscard]] std::string quic_version_text(std::uint64_t version);

}  // namespace sluice
