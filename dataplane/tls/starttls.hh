// What stands in clear text before TLS in the same connection: the commands and answers of protocols that upgrade
// (STARTTLS and its like), and a proxy's header. They are recognised and passed over, message by message, so that the
// direction can be probed again behind each; nothing in them is reported.
//
//   SMTP RFC 3207, LMTP RFC 2033, IMAP RFC 9051 section 6.2.1, POP3 RFC 2595 section 4, FTP RFC 4217, NNTP RFC 4642,
//   ManageSieve RFC 5804 section 2.2, XMPP RFC 6120 section 5.4, LDAP RFC 4511 section 4.14, PostgreSQL's SSLRequest
//   (PostgreSQL, "Message Flow"), MySQL's SSLRequest (MySQL internals, "Connection Phase"), RDP's X.224 connection
//   (MS-RDPBCGR section 1.3.1.1), the Android debug bridge's STLS (AOSP, adb "protocol.txt"), PROXY (HAProxy,
//   "proxy-protocol.txt"), SOCKS 4 and 5 (RFC 1928).
#pragma once

#include <cstddef>
#include <cstdint>
#include <tl/expected.hpp>

#include "dataplane/base/bytes.hh"
#include "dataplane/base/probe_result.hh"

namespace sluice {

enum class PreludeError : std::uint8_t {
  need_more,  // the message is not whole
  not_this,   // none of the forms above, or longer than its bound
};

// Bytes of a direction in which the upgrade must come, and of one line or element.
constexpr std::uint32_t prelude_limit = 8192;
constexpr std::size_t prelude_message_limit = 2048;

struct Prelude {
  std::size_t size = 0;  // of the message
  // Any protocol may follow it, not TLS alone.
  bool is_transparent = false;
};

// Whether the head of a direction begins one of these protocols. `answers`: the other direction did so already, which
// tells answers apart that say little by themselves.
[[nodiscard]] Probe probe_prelude(Bytes stream, bool answers) noexcept;

// The message at the start of what is left of a direction that probe_prelude() has recognised.
[[nodiscard]] tl::expected<Prelude, PreludeError> next_prelude(Bytes stream) noexcept;

}  // namespace sluice
