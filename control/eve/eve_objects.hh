// The protocol objects of EVE but DNS (eve_dns.hh), HTTP (eve_http.hh) and handshakes (eve_tls.hh), each from the
// fields of one event. Fields of other protocols and unknown ones are skipped; of a field that may stand once the first
// counts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "control/eve/eve_json.hh"
#include "control/findings/redaction.hh"
#include "dataplane/event/event.hh"

namespace sluice {

[[nodiscard]] Json flow_object(const Event& event);
// What a device says of itself to Xiaomi's push service; its id and the name of its network redacted, without digest
// where there is no redactor.
[[nodiscard]] Json xiaomi_push_object(const Event& event, const Redactor* redactor);
// Of a TCP flow: the flags as two hex digits, and each one that was seen.
[[nodiscard]] Json tcp_object(const Event& event);

// The name of it in `app_proto`; empty for Protocol::unknown and any other number.
[[nodiscard]] std::string_view text_of(Protocol protocol) noexcept;

}  // namespace sluice
