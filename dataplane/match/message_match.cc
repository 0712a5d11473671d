#include "dataplane/match/message_match.hh"

#include <algorithm>

namespace sluice {
namespace {

Bytes& at_buffer(SignatureInput& input, Buffer buffer) noexcept {
  return input.buffers[static_cast<std::size_t>(buffer)];
}

// RFC 791 section 3.1, in bytes.
std::size_t ipv4_header_size(Bytes network) noexcept {
  Reader reader{network};
  return std::size_t{4} * (reader.u8() & 0x0f);
}

// RFC 792, RFC 950, and RFC 1256 section 3, whose addresses belong to the header: bytes.
std::size_t icmpv4_header_size(Bytes message) noexcept {
  Reader reader{message};
  const auto type = reader.u8();
  reader.skip(3);
  const std::size_t count = reader.u8();
  const std::size_t words = reader.u8();
  constexpr std::size_t least = 8, timestamps = 12, mask = 4;
  switch (type) {
    case 9: return least + count * words * 4;  // router advertisement
    case 13:
    case 14: return least + timestamps;
    case 17:
    case 18: return least + mask;
    default: return least;
  }
}

// A request is numbered before it is matched.
std::uint32_t transaction_of_request(const Flow& flow) noexcept {
  return flow.transactions == 0 ? no_index : flow.transactions - 1;
}

}  // namespace

void MessageMatcher::use(const Generation& generation) noexcept {
  generation_ = &generation;
  packet_moments_ = 0;
  const bool has_any = generation.signatures != nullptr && worker_ != no_index;
  signatures_ = has_any ? generation.signatures.get() : nullptr;
  scratch_ = has_any ? generation.scratch[worker_].get() : nullptr;
  if (!has_any) return;
  for (const auto moment : {SignatureMoment::content, SignatureMoment::packet_begin, SignatureMoment::packet_end})
    if (signatures_->wants(moment)) packet_moments_ |= static_cast<std::uint8_t>(moment);
}

SignatureInput MessageMatcher::input(const Passage& at, SignatureProtocol protocol) const noexcept {
  SignatureInput input;
  input.protocol = protocol;
  input.ip_protocol = at.packet.protocol;
  input.to_server = at.way == Way::to_server;
  // Of a connection that is not followed nobody knows.
  input.established = at.flow.state != FlowState::fresh && !at.packet.opens && !at.flow.unfollowed;
  // Flow::inside tells of the initiator (source) and the responder (destination).
  const bool known = at.flow.inside != Inside::unknown;
  const bool initiator_inside = at.flow.inside == Inside::source;
  // Where a capture does not tell the sides, a rule's $HOME_NET is what Suricata takes it for: private addresses.
  input.source_inside = known ? initiator_inside == input.to_server : at.packet.source.is_private();
  input.destination_inside = known ? !input.source_inside : at.packet.destination.is_private();
  input.source = at.packet.source;
  input.destination = at.packet.destination;
  input.source_port = at.packet.source_port;
  input.destination_port = at.packet.destination_port;
  input.flow_protocol = at.flow.protocol;
  input.generation = generation_->number();
  input.fragmented = at.packet.fragmented != 0;
  input.packet = &at.packet;
  input.flow = &at.flow;
  return input;
}

bool MessageMatcher::is_judged(const Passage& at) const noexcept {
  const auto& trace = at.flow.trace;
  if (at.packet.passed) return true;
  if (trace.generation != generation_->number()) return false;
  return trace.passed || (trace.dropped_at != 0 && trace.dropped_at != at.flow.packets[0] + at.flow.packets[1]);
}

void MessageMatcher::note_pass(const Passage& at) const noexcept {
  if (!found_.passed) return;
  at.packet.passed = true;
  if (!found_.flow_passed || is_error_about(at.packet, at.flow)) return;
  at.flow.trace.use(generation_->number());
  at.flow.trace.passed = true;
}

void MessageMatcher::match(const Passage& at, const SignatureInput& input, Hits& hits) noexcept {
  if (is_judged(at)) return;
  SignatureCounters counted;
  SignatureSet::forget_captures(*scratch_);
  signatures_->match(input, *scratch_, found_, counted);
  count(counted);
  note_pass(at);
  add_found(hits);
}

void MessageMatcher::count(const SignatureCounters& counted) noexcept {
  counters_->signature_scans += counted.scans;
  counters_->signature_candidates += counted.candidates;
  counters_->signatures_cut += counted.cut;
  counters_->signatures_suspended += counted.suspended;
  counters_->signature_state_full += counted.state_full;
}

void MessageMatcher::add_found(Hits& hits) const noexcept {
  for (std::size_t i = 0; i < found_.count; ++i)
    hits.add(generation_->first_signature_row + found_.signatures[i], (found_.silent >> i & 1U) != 0);
}

void MessageMatcher::match(const Passage& at, SignatureInput& input, Moments shows, Hits& hits) noexcept {
  if (values_.is_cut()) ++counters_->signatures_cut;
  input.shows = shows;
  match(at, input, hits);
}

void MessageMatcher::dns(const Passage& at, const DnsMessage& message, bool asks, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::dns)) return;
  auto input = this->input(at, SignatureProtocol::dns);
  values_.begin(input, *signatures_);
  put_dns(message, asks, values_);
  input.transaction = at.flow.transactions;
  match(at, input, when::dns, hits);
}

void MessageMatcher::tls_hello(const Passage& at, const ClientHello& hello, const Ja3& ja3, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::tls) || !wants(when::client_hello)) return;
  auto input = this->input(at, SignatureProtocol::tls);
  values_.begin(input, *signatures_);
  values_.put(Buffer::tls_sni, hello.sni);
  put_client_hello(hello, ja3, values_);
  match(at, input, when::client_hello, hits);
}

void MessageMatcher::quic_hello(const Passage& at, const QuicFacts& facts, const ClientHello& hello, const Ja3& ja3,
                                Hits& hits) noexcept {
  if (!wants(SignatureProtocol::quic) || !wants(when::client_hello)) return;
  auto input = this->input(at, SignatureProtocol::quic);
  values_.begin(input, *signatures_);
  values_.put(Buffer::quic_sni, hello.sni);
  put_quic(facts, values_);
  put_client_hello(hello, ja3, values_);
  match(at, input, when::client_hello, hits);
}

void MessageMatcher::server_hello(const Passage& at, const ServerHello& hello, const Ja3& ja3s, Hits& hits) noexcept {
  const auto protocol = at.flow.protocol == Protocol::quic ? SignatureProtocol::quic : SignatureProtocol::tls;
  if (!wants(protocol) || !wants(when::server_hello)) return;
  auto input = this->input(at, protocol);
  values_.begin(input, *signatures_);
  put_server_hello(hello, ja3s, values_);
  if (protocol == SignatureProtocol::quic) put_quic({at.flow.quic.version(), {}}, values_);
  match(at, input, when::server_hello, hits);
}

void MessageMatcher::certificate(const Passage& at, Bytes der, std::string_view sha1, ChainPlace place,
                                 Hits& hits) noexcept {
  if (!wants(SignatureProtocol::tls) || !wants(when::certificates)) return;
  auto input = this->input(at, SignatureProtocol::tls);
  values_.begin(input, *signatures_);
  put_certificate(der, sha1, place, at.packet.time, values_);
  match(at, input,
        static_cast<Moments>((place.number == 0 ? when::certificate : when::issuer) |
                             (place.is_last ? when::chain_end : when::none)),
        hits);
}

void MessageMatcher::http_head(const Passage& at, const HttpRequest& request, Hits& hits) noexcept {
  // A rule may ask for the body that does not come. Of HTTP/2, which has no size here, nobody knows yet.
  const bool is_whole = request.framing == BodyFraming::none && request.size != 0;
  const auto now = is_whole ? when::requests : when::request_head;
  if (!wants(SignatureProtocol::http) || !wants(now)) return;
  auto input = this->input(at, SignatureProtocol::http);
  values_.begin(input, *signatures_);
  http_.put(request, values_);
  input.transaction = transaction_of_request(at.flow);
  match(at, input, now, hits);
}

void MessageMatcher::http_body(const Passage& at, const HttpRequest& request, const BodyView& body,
                               Hits& hits) noexcept {
  auto input = this->input(at, SignatureProtocol::http);
  values_.begin(input, *signatures_);
  http_.put(request, values_);
  input.transaction = transaction_of_request(at.flow);
  if (!body.content.empty()) {
    values_.put(Buffer::http_request_body, body.content);
    put_files(body, request.content_type);
  }
  match(at, input, when::request_body, hits);
}

// A body is one file, but for a form, which holds those that it says a name of.
void MessageMatcher::put_files(const BodyView& body, std::string_view content_type) noexcept {
  if (!is_multipart_form(content_type)) {
    values_.put(Buffer::file_data, body.content);
    if (!body.file_name.empty()) values_.put(Buffer::file_name, body.file_name);
    if (body.file_size) values_.put(MessageNumber::file_size, *body.file_size);
    return;
  }
  FormParts parts{content_type, body.content};
  while (const auto part = parts.next()) {
    if (part->file_name.empty()) continue;
    values_.put(Buffer::file_data, part->content);
    values_.put(Buffer::file_name, part->file_name);
    if (body.file_size) values_.put(MessageNumber::file_size, part->content.size());
  }
}

void MessageMatcher::http_response(const Passage& at, const HttpResponse& response, const BodyView& body,
                                   Hits& hits) noexcept {
  const auto head = response.framing == BodyFraming::none ? when::responses : when::response_head;
  const auto now = body.content.data() == nullptr ? head : when::response_body;
  if (!wants(SignatureProtocol::http) || !wants(now)) return;
  auto input = this->input(at, SignatureProtocol::http);
  values_.begin(input, *signatures_);
  http_.put(response, values_);
  if (!body.content.empty()) {
    values_.put(Buffer::http_response_body, body.content);
    put_files(body, {});
  }
  match(at, input, now, hits);
}

void MessageMatcher::http2_frame(const Passage& at, const Http2FrameHeader& header, Bytes payload,
                                 Hits& hits) noexcept {
  auto input = this->input(at, SignatureProtocol::http);
  values_.begin(input, *signatures_);
  put_http2_frame(header, payload, values_);
  match(at, input, when::http2_frame, hits);
}

void MessageMatcher::decoded(const Passage& at, SignatureProtocol protocol, Hits& hits) noexcept {
  if (wants(protocol)) match(at, input(at, protocol), hits);
}

void MessageMatcher::payload(const Passage& at, std::uint64_t position, Bytes data, Hits& hits) noexcept {
  const bool is_tcp = at.packet.protocol == ip_protocol::tcp;
  auto message = input(at, is_tcp ? SignatureProtocol::tcp : SignatureProtocol::udp);
  message.payload_position = position;
  message.shows = when::payload;
  at_buffer(message, Buffer::payload) = data;
  match(at, message, hits);
}

// As of a datagram: rules on TCP, and on what it carries, ask for its stream, which this is no part of.
void MessageMatcher::refused(const Passage& at, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::udp)) return;
  auto message = input(at, SignatureProtocol::udp);
  message.flow_protocol = Protocol::unknown;
  message.shows = when::payload;
  at_buffer(message, Buffer::payload) = at.packet.payload;
  match(at, message, hits);
}

void MessageMatcher::packet(const Passage& at, SignatureMoment moment, bool tells_protocol, Hits& hits) noexcept {
  auto message = input(at, SignatureProtocol::packet_header);
  message.moment = moment;
  auto& trace = at.flow.trace;
  trace.use(generation_->number());
  const unsigned kind = is_error_about(at.packet, at.flow) ? 2 : 0;
  const auto way = static_cast<std::uint8_t>(1U << (static_cast<unsigned>(at.way) + kind));
  message.first_of_way = (trace.addresses & way) == 0;
  message.tells_protocol = tells_protocol;
  put_headers(message, at.packet);
  match(at, message, hits);
  // Such rules are tried at one of the two moments.
  if (moment == SignatureMoment::packet_end || !wants(SignatureMoment::packet_end)) trace.addresses |= way;
}

// The headers as bytes. What is cut is not there.
void MessageMatcher::put_headers(SignatureInput& input, const Packet& packet) noexcept {
  const auto network = packet.network;
  if (network.empty()) return;
  const bool is_v4 = packet.source.is_v4();
  const auto inner = packet.transport.data() == nullptr ? Bytes{} : packet.transport;
  // The transport's bytes may be of a datagram that was put together; then the header is that of its last piece.
  const bool is_inside = inner.data() >= network.data() && inner.data() <= network.data() + network.size();
  const auto size = is_inside ? static_cast<std::size_t>(inner.data() - network.data()) : network.size();
  at_buffer(input, is_v4 ? Buffer::ipv4_header : Buffer::ipv6_header) =
      network.first(is_v4 ? std::min(size, ipv4_header_size(network)) : size);
  constexpr std::size_t v4_at = 12;
  at_buffer(input, Buffer::ip_source) = is_v4 ? Bytes{packet.source.bytes}.subspan(v4_at) : Bytes{packet.source.bytes};
  at_buffer(input, Buffer::ip_destination) =
      is_v4 ? Bytes{packet.destination.bytes}.subspan(v4_at) : Bytes{packet.destination.bytes};
  constexpr std::size_t icmp_header_size = 8;
  const auto header = [&](Buffer buffer, std::size_t header_size, std::size_t payload_at) {
    at_buffer(input, buffer) = inner.first(std::min(inner.size(), header_size));
    at_buffer(input, Buffer::payload) = inner.subspan(std::min(inner.size(), payload_at));
  };
  const auto before_payload = inner.size() - packet.payload.size();
  switch (packet.protocol) {
    case ip_protocol::tcp: header(Buffer::tcp_header, before_payload, before_payload); break;
    case ip_protocol::udp: header(Buffer::udp_header, before_payload, before_payload); break;
    case ip_protocol::icmp: header(Buffer::icmpv4_header, icmpv4_header_size(inner), icmp_header_size); break;
    case ip_protocol::icmp_v6: header(Buffer::icmpv6_header, icmp_header_size, icmp_header_size); break;
    default: at_buffer(input, Buffer::payload) = inner; break;
  }
}

std::optional<std::uint32_t> MessageMatcher::transaction_of(const Flow& flow, std::uint32_t row) const noexcept {
  if (flow.trace.generation != generation_->number() || row < generation_->first_signature_row) return std::nullopt;
  return flow.trace.transaction_of(row - generation_->first_signature_row);
}

void MessageMatcher::put_variables(EventWriter& event, const Flow& flow) const noexcept {
  if (signatures_ == nullptr || flow.trace.generation != generation_->number()) return;
  const auto& set = *signatures_;
  const auto* const variables = SignatureSet::variables(flow.trace, *scratch_);
  if (variables == nullptr) return;
  for (std::uint32_t i = 0; i < variables->count; ++i) {
    const auto& [name, value] = variables->variables[i];
    event.text(set.is_number(name) ? Field::flow_number : Field::flow_bit, set.variable_name(name));
    if (set.is_number(name)) event.integer(Field::flow_number_value, value);
  }
}

void MessageMatcher::put_captures(EventWriter& event, const Flow& flow,
                                  std::optional<std::uint32_t> row) const noexcept {
  if (signatures_ == nullptr) return;
  const auto& set = *signatures_;
  auto& scratch = *scratch_;
  if (row && *row >= generation_->first_signature_row) {
    for (const auto& one : SignatureSet::captures(scratch)) {
      if (one.of_flow || one.row != *row - generation_->first_signature_row) continue;
      event.text(Field::packet_capture, set.capture_name(one.name));
      event.bytes(Field::packet_capture_text, one.text);
    }
  }
  if (flow.trace.generation != generation_->number()) return;
  const auto* const variables = SignatureSet::variables(flow.trace, scratch);
  if (variables == nullptr) return;
  variables->texts.for_each([&](std::uint32_t name, Bytes text) {
    event.text(Field::flow_capture, set.capture_name(name));
    event.bytes(Field::flow_capture_text, text);
  });
}

void MessageMatcher::release(Flow& flow) noexcept {
  if (signatures_ != nullptr && flow.trace.generation == generation_->number())
    SignatureSet::release(flow.trace, *scratch_);
}

void MessageMatcher::stream(const Passage& at, PayloadWindow& window, std::uint32_t number, Bytes data,
                            Hits& hits) noexcept {
  if (window.use(generation_->number())) ++counters_->stream_restarted;
  auto message = input(at, SignatureProtocol::tcp);
  message.shows = when::payload;
  SignatureSet::forget_captures(*scratch_);
  SignatureCounters counted;
  while (!data.empty() && !is_judged(at)) {
    const auto piece = data.first(std::min(data.size(), stream_piece_limit));
    data = data.subspan(piece.size());
    signatures_->match_stream(message, piece, window, number, *scratch_, found_, counted);
    if (found_.count != 0) at.packet.stream = at_buffer(message, Buffer::payload);
    note_pass(at);
    add_found(hits);
  }
  count(counted);
}

}  // namespace sluice
