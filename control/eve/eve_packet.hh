// What EVE says of a packet as such: its anomalies, that it was dropped, which way it went, where it came from.
#pragma once

#include <string>
#include <string_view>

#include "control/eve/eve_json.hh"
#include "dataplane/event/event.hh"

namespace sluice {

// {"type": "decode|stream|applayer", "event": as Suricata names it, ...}
[[nodiscard]] Json anomaly_object(const Event& event);
// {"reason", and what the transport's header says}
[[nodiscard]] Json drop_object(const Event& event);
// Suricata's "pkt_src": "wire/pcap", or the tunnel that the packet came out of.
[[nodiscard]] std::string_view packet_source_text(const Event& event);
// Whether the packet of an event went from the responder of its flow to the initiator.
[[nodiscard]] bool is_to_client(const Event& event);
// Type and code of ICMP, of a packet or of a flow's first ones.
void put_icmp(Json& line, const Event& event);
// Community ID version 1 with seed 0 (https://github.com/corelight/community-id-spec); empty for other protocols than
// TCP, UDP, SCTP and ICMP.
[[nodiscard]] std::string community_id(const EventHeader& header, const Event& event);

}  // namespace sluice
