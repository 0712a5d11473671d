#include "dataplane/message_match.hh"

#include <algorithm>

namespace sluice {
namespace {

Bytes& at_buffer(SignatureInput& input, Buffer buffer) noexcept {
  return input.buffers[static_cast<std::size_t>(buffer)];
}

}  // namespace

SignatureInput MessageMatcher::input(const Passage& at, SignatureProtocol protocol) const noexcept {
  SignatureInput input;
  input.protocol = protocol;
  input.ip_protocol = at.packet.protocol;
  input.to_server = at.way == Way::to_server;
  input.established = at.flow.state != FlowState::fresh;
  // Flow::inside tells of the initiator (source) and the responder (destination).
  const bool known = at.flow.inside != Inside::unknown;
  const bool initiator_inside = at.flow.inside == Inside::source;
  input.source_inside = known && initiator_inside == input.to_server;
  input.destination_inside = known && !input.source_inside;
  input.source = at.packet.source;
  input.destination = at.packet.destination;
  input.source_port = at.packet.source_port;
  input.destination_port = at.packet.destination_port;
  return input;
}

void MessageMatcher::match(const SignatureInput& input, Hits& hits) noexcept {
  SignatureCounters counted;
  found_.count = 0;
  generation_->signatures->match(input, *generation_->scratch[worker_], found_, counted);
  count(counted);
  add_found(hits);
}

void MessageMatcher::count(const SignatureCounters& counted) noexcept {
  counters_->signature_scans += counted.scans;
  counters_->signature_candidates += counted.candidates;
  counters_->signatures_cut += counted.cut;
}

void MessageMatcher::add_found(Hits& hits) const noexcept {
  for (std::size_t i = 0; i < found_.count; ++i) hits.add(generation_->first_signature_row + found_.signatures[i]);
}

void MessageMatcher::match(const SignatureInput& input, Moments moments, Hits& hits) noexcept {
  if (values_.is_cut()) ++counters_->signatures_cut;
  Hits all;
  match(input, all);
  for (const auto row : all)
    if ((generation_->moments[row - generation_->first_signature_row] & moments) != 0) hits.add(row);
}

void MessageMatcher::dns(const Passage& at, const DnsMessage& message, bool asks, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::dns)) return;
  auto input = this->input(at, SignatureProtocol::dns);
  values_.begin(input, *generation_->signatures);
  put_dns(message, asks, values_);
  match(input, when::dns, hits);
}

void MessageMatcher::tls_hello(const Passage& at, const ClientHello& hello, const Ja3& ja3, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::tls) || !wants(when::client_hello)) return;
  auto input = this->input(at, SignatureProtocol::tls);
  values_.begin(input, *generation_->signatures);
  values_.put(Buffer::tls_sni, hello.sni);
  put_client_hello(hello, ja3, values_);
  match(input, when::client_hello, hits);
}

void MessageMatcher::quic_hello(const Passage& at, const QuicFacts& facts, const ClientHello& hello, const Ja3& ja3,
                                Hits& hits) noexcept {
  if (!wants(SignatureProtocol::quic) || !wants(when::client_hello)) return;
  auto input = this->input(at, SignatureProtocol::quic);
  values_.begin(input, *generation_->signatures);
  values_.put(Buffer::quic_sni, hello.sni);
  put_quic(facts, values_);
  put_client_hello(hello, ja3, values_);
  match(input, when::client_hello, hits);
}

void MessageMatcher::server_hello(const Passage& at, const ServerHello& hello, const Ja3& ja3s, Hits& hits) noexcept {
  const auto protocol = at.flow.protocol == Protocol::quic ? SignatureProtocol::quic : SignatureProtocol::tls;
  if (!wants(protocol) || !wants(when::server_hello)) return;
  auto input = this->input(at, protocol);
  values_.begin(input, *generation_->signatures);
  put_server_hello(hello, ja3s, values_);
  match(input, when::server_hello, hits);
}

void MessageMatcher::certificate(const Passage& at, Bytes der, std::string_view sha1, ChainPlace place,
                                 Hits& hits) noexcept {
  if (!wants(SignatureProtocol::tls) || !wants(when::certificates)) return;
  auto input = this->input(at, SignatureProtocol::tls);
  values_.begin(input, *generation_->signatures);
  put_certificate(der, sha1, place, at.packet.time, values_);
  match(input,
        static_cast<Moments>((place.number == 0 ? when::certificate : when::issuer) |
                             (place.is_last ? when::chain_end : when::none)),
        hits);
}

void MessageMatcher::http_head(const Passage& at, const HttpRequest& request, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::http) || !wants(when::request_head)) return;
  auto input = this->input(at, SignatureProtocol::http);
  values_.begin(input, *generation_->signatures);
  http_.put(request, values_);
  match(input, when::request_head, hits);
}

void MessageMatcher::http_body(const Passage& at, const HttpRequest& request, Bytes body, Hits& hits) noexcept {
  auto input = this->input(at, SignatureProtocol::http);
  values_.begin(input, *generation_->signatures);
  http_.put(request, values_);
  values_.put(Buffer::http_request_body, body);
  values_.put(Buffer::file_data, body);
  match(input, when::request_body, hits);
}

void MessageMatcher::http_response(const Passage& at, const HttpResponse& response, Bytes body, Hits& hits) noexcept {
  const auto now = body.data() == nullptr ? when::response_head : when::response_body;
  if (!wants(SignatureProtocol::http) || !wants(now)) return;
  auto input = this->input(at, SignatureProtocol::http);
  values_.begin(input, *generation_->signatures);
  http_.put(response, values_);
  values_.put(Buffer::http_response_body, body);
  values_.put(Buffer::file_data, body);
  match(input, now, hits);
}

void MessageMatcher::http2_frame(const Passage& at, const Http2FrameHeader& header, Bytes payload,
                                 Hits& hits) noexcept {
  auto input = this->input(at, SignatureProtocol::http);
  values_.begin(input, *generation_->signatures);
  put_http2_frame(header, payload, values_);
  match(input, when::http2_frame, hits);
}

void MessageMatcher::decoded(const Passage& at, SignatureProtocol protocol, Hits& hits) noexcept {
  if (wants(protocol)) match(input(at, protocol), hits);
}

void MessageMatcher::payload(const Passage& at, std::uint64_t position, Bytes data, Hits& hits) noexcept {
  const bool is_tcp = at.packet.protocol == ip_protocol::tcp;
  auto message = input(at, is_tcp ? SignatureProtocol::tcp : SignatureProtocol::udp);
  message.payload_position = position;
  at_buffer(message, Buffer::payload) = data;
  match(message, hits);
}

void MessageMatcher::stream(const Passage& at, PayloadWindow& window, std::uint32_t number, Bytes data,
                            Hits& hits) noexcept {
  if (window.use(generation_->number())) ++counters_->stream_restarted;
  auto message = input(at, SignatureProtocol::tcp);
  SignatureCounters counted;
  while (!data.empty()) {
    const auto piece = data.first(std::min(data.size(), stream_piece_limit));
    data = data.subspan(piece.size());
    generation_->signatures->match_stream(message, piece, window, number, *generation_->scratch[worker_], found_,
                                          counted);
    add_found(hits);
  }
  count(counted);
}

}  // namespace sluice
