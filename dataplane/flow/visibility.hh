// How much of a flow could be seen: a pure function over what was noted of it while it was read. What opaque traffic
// hides is said once, at the flow's end, in its event and in the counters.
#pragma once

#include <string_view>

#include "dataplane/base/counters.hh"
#include "dataplane/base/fields.hh"
#include "dataplane/flow/flow.hh"

namespace sluice {

// DNS over TLS, DTLS or QUIC by the name that a hello's ALPN gives it ("dot" in IANA's registry, RFC 7858; "doq", RFC
// 9250 section 4.1.1, and its drafts' "doq-i02").
[[nodiscard]] EncryptedDns encrypted_dns_of_alpn(std::string_view alpn) noexcept;

// What the flow is, of those: by its hello and the lists, else by port. 853 is DNS's own over TLS (RFC 7858
// section 3.1), DTLS (RFC 8094 section 3.1) and QUIC (RFC 9250 section 4.1.1), whose drafts had 784 and 8853; a hello
// that offers only other protocols there is none.
[[nodiscard]] EncryptedDns encrypted_dns(const Flow& flow) noexcept;

// `is_looked_up`: the flow's client looked a name up for its far address.
[[nodiscard]] Visibility visibility(const Flow& flow, bool is_looked_up) noexcept;

}  // namespace sluice
