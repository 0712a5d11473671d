// The answer to a look-up that the site does not let through, as if the server had given it.
#pragma once

#include <optional>

#include "dataplane/base/counters.hh"
#include "dataplane/packet/packet.hh"
#include "dataplane/verdict/reply_frame.hh"
#include "rules/policy/site_policy.hh"

namespace sluice {

constexpr std::uint32_t sinkhole_ttl_seconds = 60;  // a change of the policy is felt within that time

// To the client: of a query that is its source, of a response, which is taken off the wire like one, its destination.
// Nothing where the answer was made, else why not. One question of class IN in the clear, over UDP, is answered; the
// rest is for `reject`. Never more than some bytes longer than what it answers, so that a forged source gains nothing
// by it. RFC 1035 section 4.1, RFC 2308 section 2 (without a SOA: nothing is kept), RFC 6891 and RFC 8914 where the
// query has an OPT record: "blocked" (15), or "forged answer" (4).
[[nodiscard]] std::optional<UnansweredReason> make_dns_answer(const Packet& packet, DnsAnswer answer,
                                                              const Sinkhole& sinkhole, PacketReply& reply) noexcept;

}  // namespace sluice
