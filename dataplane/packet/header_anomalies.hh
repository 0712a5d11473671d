// What is wrong with options and with ICMP messages, which nothing else reads: Suricata's decoder events
// (rules/signatures/anomaly.hh). Only headers that have options, and ICMP, are looked at.
#pragma once

#include "dataplane/base/bytes.hh"
#include "rules/signatures/anomaly.hh"

namespace sluice {

// RFC 791 section 3.1: what lies behind the first 20 bytes.
void note_ipv4_options(Bytes options, Anomalies& anomalies) noexcept;
// RFC 8200 section 4.2: what follows the two first bytes of a hop-by-hop or a destination options header.
enum class OptionsHeader : std::uint8_t { hop_by_hop, destination };
void note_ipv6_options(OptionsHeader header, Bytes options, Anomalies& anomalies) noexcept;
// RFC 9293 section 3.1: what lies behind the first 20 bytes.
void note_tcp_options(Bytes options, Anomalies& anomalies) noexcept;
// RFC 792, RFC 4443: the whole message.
void note_icmp(Bytes message, Anomalies& anomalies) noexcept;
void note_icmpv6(Bytes message, Anomalies& anomalies) noexcept;

}  // namespace sluice
