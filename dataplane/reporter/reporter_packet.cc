// Events about packets as such: what is wrong with them, and that they were dropped.
#include <algorithm>
#include <iterator>

#include "dataplane/http/vendor_form.hh"
#include "dataplane/packet/packet_image.hh"
#include "dataplane/reporter/reporter.hh"
#include "dataplane/signatures/payload_window.hh"

namespace sluice {

// Of a packet without a flow, as its own headers have it; addresses are not there where those could not be read.
EventHeader Reporter::packet_header(EventType type, const Packet& packet) const noexcept {
  EventHeader header;
  header.type = type;
  header.inside = packet.inside;
  header.ip_protocol = packet.protocol;
  header.port_pair = packet.port_pair;
  header.packet = packet.number;
  header.time = packet.time;
  header.generation = ruleset_->generation();
  std::copy(std::begin(packet.vlan), std::end(packet.vlan), header.vlan);
  header.source = packet.source;
  header.destination = packet.destination;
  header.source_port = packet.source_port;
  header.destination_port = packet.destination_port;
  return header;
}

void Reporter::ends_fields(EventWriter& event, const Flow& flow) noexcept {
  event.text(Field::flow_source, as_text(flow.initiator().bytes));
  event.text(Field::flow_destination, as_text(flow.responder().bytes));
  if (flow.key.protocol != ip_protocol::tcp && flow.key.protocol != ip_protocol::udp) return;
  event.integer(Field::flow_source_port, flow.initiator_is_low ? flow.key.low_port : flow.key.high_port);
  event.integer(Field::flow_destination_port, flow.responder_port());
}

void Reporter::anomaly(Packet& packet, Flow* flow, Way way, Anomaly anomaly) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  if (flow != nullptr) {
    event.begin(header(EventType::anomaly, {packet, *flow, way}));
    tunnel_fields(event, *flow);
    event.integer(Field::packet_way, static_cast<std::uint64_t>(way));
    event.integer(Field::flow_protocol, static_cast<std::uint64_t>(flow->protocol));
    if (kind_of(anomaly).layer == AnomalyLayer::applayer && flow->transactions != 0)
      event.integer(Field::transaction, flow->transactions - 1);
  } else {
    event.begin(packet_header(EventType::anomaly, packet));
  }
  event.integer(Field::anomaly, static_cast<std::uint64_t>(anomaly));
  constexpr std::size_t headers = 32;  // bytes, as many as Suricata's EVE has of an anomaly's packet
  if (images_ && kind_of(anomaly).layer != AnomalyLayer::applayer) image_fields(event, packet, headers);
  send(event, EventType::anomaly, packet.number);
}

void Reporter::drop(Packet& packet, Flow* flow, Way way, DropCause cause) noexcept {
  EventWriter event{buffer_};
  if (flow != nullptr) {
    event.begin(header(EventType::drop, {packet, *flow, way}));
    tunnel_fields(event, *flow);
    event.integer(Field::packet_way, static_cast<std::uint64_t>(way));
    event.integer(Field::flow_protocol, static_cast<std::uint64_t>(flow->protocol));
    flow_fields(event, *flow);
    if (is_error_about(packet, *flow)) ends_fields(event, *flow);
  } else {
    event.begin(packet_header(EventType::drop, packet));
  }
  event.integer(Field::drop_cause, static_cast<std::uint64_t>(cause));
  constexpr std::size_t tcp_header = 20, other_header = 8;
  const auto header = packet.protocol == ip_protocol::tcp ? tcp_header : other_header;
  event.text(Field::transport_header, as_text(packet.transport.first(std::min(header, packet.transport.size()))));
  if (packet.reject != RejectTarget::none)
    event.integer(Field::reject_target, static_cast<std::uint64_t>(packet.reject));
  if (packet.dropped_by_rule) event.integer(Field::rule_row, packet.dropping_row);
  send(event, EventType::drop, packet.number);
}

void Reporter::image_fields(EventWriter& event, const Packet& packet, std::size_t bytes) noexcept {
  const PacketImage image{packet};
  event.integer(Field::packet_link_type, image.link_type());
  if (image.is_cut() && bytes >= PacketImage::limit) ++counters_->events_truncated;
  for (auto piece : image.pieces()) {
    piece = piece.first(std::min(piece.size(), bytes));
    bytes -= piece.size();
    // A field is counted with 16 bits.
    constexpr std::size_t field_limit = 65'528;
    for (; piece.size() > field_limit; piece = piece.subspan(field_limit))
      event.bytes(Field::packet_bytes, piece.first(field_limit));
    if (!piece.empty()) event.bytes(Field::packet_bytes, piece);
  }
  if (bytes < PacketImage::limit - image.size()) return;  // not all of it
  const auto payload = inspected_payload(packet);
  const auto at = image.find(payload);
  if (payload.empty() || !at) return;
  event.integer(Field::packet_payload_at, *at);
  event.integer(Field::packet_payload_size, payload.size());
}

void Reporter::matched_fields(EventWriter& event, const Packet& packet, bool alone) noexcept {
  const bool is_stream = packet.protocol == ip_protocol::tcp && !alone;
  event.integer(Field::stream_matched, is_stream ? 1 : 0);
  // What a rule is shown of a stream at a time; a parser's message may be a segment of greater length.
  constexpr std::size_t stream_limit = PayloadWindow::size + stream_piece_limit;
  if (is_stream && packet.stream.size() > stream_limit) ++counters_->events_truncated;
  if (is_stream && !packet.stream.empty())
    event.bytes(Field::stream_bytes, packet.stream.first(std::min(stream_limit, packet.stream.size())));
  image_fields(event, packet, PacketImage::limit);
}

// From here on, for evidence: first what the alert says of it. Once for each flow.
void Reporter::keep_flow(const Passage& at, EventWriter& alert) noexcept {
  if (!evidence_.packets || at.flow.kept || at.flow.kept_bytes != 0) return;
  at.flow.kept = true;
  alert.become(EventType::kept_flow);
  send(alert, EventType::kept_flow, at.packet.number);
}

void Reporter::keep_packet(const Passage& at) noexcept {
  EventWriter event{buffer_};
  event.begin(header(EventType::kept_flow, at));
  event.integer(Field::kept_before, at.flow.kept_bytes);
  image_fields(event, at.packet, PacketImage::limit);
  at.flow.kept_bytes += static_cast<std::uint32_t>(PacketImage{at.packet}.size());
  if (at.flow.kept_bytes >= evidence_.flow_bytes) {
    at.flow.kept = false;
    event.integer(Field::kept_end, static_cast<std::uint64_t>(KeptEnd::bound));
  }
  send(event, EventType::kept_flow, at.packet.number);
}

void Reporter::keep_end(const Flow& flow, std::uint64_t tag) noexcept {
  auto header = this->header(EventType::kept_flow, flow);
  header.packet = tag;
  header.time = flow.last_seen;
  EventWriter event{buffer_};
  event.begin(header);
  event.integer(Field::kept_before, flow.kept_bytes);
  event.integer(Field::kept_end, static_cast<std::uint64_t>(KeptEnd::flow));
  send(event, EventType::kept_flow, tag);
}

Reporter::Context Reporter::about_request(const HttpRequest& request) noexcept {
  return {may_be_vendor_request(request) ? nullptr : &request, nullptr};
}

// Of the packet and the message that an alert is about.
void Reporter::context_fields(EventWriter& event, const Passage& at, std::uint32_t row) const noexcept {
  event.integer(Field::packet_way, static_cast<std::uint64_t>(at.way));
  if (at.packet.protocol == ip_protocol::icmp || at.packet.protocol == ip_protocol::icmp_v6) {
    Reader reader{at.packet.transport};
    event.integer(Field::icmp_type, reader.u8());
    event.integer(Field::icmp_code, reader.u8());
  }
  if (context_.request != nullptr) {
    if (at.flow.transactions != 0) event.integer(Field::transaction, at.flow.transactions - 1);
    request_fields(event, *context_.request);
  }
  if (context_.dns != nullptr) {
    event.integer(Field::transaction, context_.dns_transaction);
    dns_fields(event, *context_.dns);
  }
  if (context_.request != nullptr || context_.dns != nullptr) return;
  if (const auto transaction = signatures_.transaction_of(at.flow, row))
    event.integer(Field::transaction, *transaction);
}

}  // namespace sluice
