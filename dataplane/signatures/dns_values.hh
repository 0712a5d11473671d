// What the buffers of the rule language hold of a DNS message. docs.suricata.io, "DNS Keywords".
#pragma once

#include "dataplane/dns/dns.hh"
#include "dataplane/signatures/message_values.hh"

namespace sluice {

// `asks`: its questions count as asked now; an answer repeats those that were counted.
void put_dns(DnsMessage message, bool asks, MessageValues& values) noexcept;

}  // namespace sluice
