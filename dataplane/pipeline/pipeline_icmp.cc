#include "dataplane/packet/icmp_quote.hh"
#include "dataplane/pipeline/pipeline.hh"

// Errors of ICMP: packets of the flow that they are about.
namespace sluice {

// The live flow that an error quotes, and which way of it the error goes; null where it is none, or quotes no flow that
// is there. An error goes to whoever sent what it quotes: one that goes elsewhere is made up.
Flow* Pipeline::quoted_flow(const Packet& packet, const FlowKey& own, Way& way) noexcept {
  const bool is_v6 = packet.protocol == ip_protocol::icmp_v6;
  if ((packet.protocol != ip_protocol::icmp && !is_v6) || !is_icmp_error(packet.transport, is_v6)) return nullptr;
  const auto quote = parse_icmp_quote(packet.transport, is_v6);
  if (!quote) {
    ++counters_.icmp_quotes_refused[quote.error()];
    return nullptr;
  }
  if (quote->source != packet.destination) {
    ++counters_.icmp_quotes_refused[IcmpQuoteError::foreign];
    return nullptr;
  }
  auto key = own;  // the same wire, VLAN and tunnel
  key.protocol = quote->protocol;
  const bool is_low =
      std::pair{quote->source, quote->source_port} <= std::pair{quote->destination, quote->destination_port};
  key.low = is_low ? quote->source : quote->destination;
  key.high = is_low ? quote->destination : quote->source;
  key.low_port = is_low ? quote->source_port : quote->destination_port;
  key.high_port = is_low ? quote->destination_port : quote->source_port;
  if (key == own) return nullptr;
  auto* const flow = table_.find(key, table_.hash(key));
  if (flow == nullptr || expiry_.is_expired(*flow, packet.time)) return nullptr;
  way = is_low == flow->initiator_is_low ? Way::to_client : Way::to_server;
  return flow;
}

// It shares the fate of its flow and is judged with it, and leaves it as it was: anybody can send one.
void Pipeline::judge_error(const Passage& at) noexcept {
  if (at.flow.fate != Fate::read && shut_out(at)) return;
  if (at.flow.dropped) return drop(at.packet);
  if (at.flow.would_drop) return;
  for (const auto moment : {SignatureMoment::packet_begin, SignatureMoment::packet_end})
    if (reporter_.wants(moment)) reporter_.packet(at, moment, false);
}

}  // namespace sluice
