#include "dataplane/message_match.hh"

#include <algorithm>

namespace sluice {
namespace {

Bytes& at_buffer(SignatureInput& input, Buffer buffer) noexcept {
  return input.buffers[static_cast<std::size_t>(buffer)];
}

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 0x20) : c; }

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

void MessageMatcher::match(const SignatureInput& input, const std::vector<bool>& chosen, Hits& hits) noexcept {
  Hits all;
  match(input, all);
  for (const auto row : all)
    if (chosen[row - generation_->first_signature_row]) hits.add(row);
}

void MessageMatcher::dns_query(const Passage& at, std::string_view name, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::dns)) return;
  auto message = input(at, SignatureProtocol::dns);
  at_buffer(message, Buffer::dns_query) = as_bytes(name);
  match(message, hits);
}

void MessageMatcher::tls_hello(const Passage& at, std::string_view sni, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::tls)) return;
  auto message = input(at, SignatureProtocol::tls);
  at_buffer(message, Buffer::tls_sni) = as_bytes(sni);
  match(message, hits);
}

void MessageMatcher::quic_hello(const Passage& at, std::string_view sni, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::quic)) return;
  auto message = input(at, SignatureProtocol::quic);
  at_buffer(message, Buffer::quic_sni) = as_bytes(sni);
  match(message, hits);
}

void MessageMatcher::put_head(SignatureInput& input, const HttpRequest& request) noexcept {
  const auto host = request.host.substr(0, std::min(request.host.size(), host_.size()));
  std::transform(host.begin(), host.end(), host_.begin(), lower);
  const std::string_view lowered{host_.data(), host.size()};
  // RFC 3986 section 3.2.2: an IPv6 address stands in brackets before the port.
  const auto colon = lowered.find(':', lowered.starts_with('[') ? lowered.find(']') : 0);
  at_buffer(input, Buffer::http_host) = as_bytes(lowered.substr(0, colon));
  at_buffer(input, Buffer::http_method) = as_bytes(request.method);
  at_buffer(input, Buffer::http_uri) = as_bytes(request.target);
  at_buffer(input, Buffer::http_user_agent) = as_bytes(request.user_agent);
  at_buffer(input, Buffer::http_header) = as_bytes(request.headers.text());
  at_buffer(input, Buffer::http_content_type) = as_bytes(request.content_type);
}

void MessageMatcher::http_head(const Passage& at, const HttpRequest& request, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::http)) return;
  auto message = input(at, SignatureProtocol::http);
  put_head(message, request);
  match(message, hits);
}

void MessageMatcher::http_body(const Passage& at, const HttpRequest& request, Bytes body, Hits& hits) noexcept {
  auto message = input(at, SignatureProtocol::http);
  put_head(message, request);
  at_buffer(message, Buffer::http_request_body) = body;
  match(message, generation_->reads_body, hits);
}

void MessageMatcher::http_response(const Passage& at, const HttpResponse& response, Bytes body, Hits& hits) noexcept {
  if (!wants(SignatureProtocol::http) || !generation_->wants_responses) return;
  auto message = input(at, SignatureProtocol::http);
  std::array<char, 3> status;
  for (std::size_t i = 0, value = response.status; i < status.size(); ++i, value /= 10)
    status[status.size() - 1 - i] = static_cast<char>('0' + value % 10);
  at_buffer(message, Buffer::http_stat_code) = as_bytes({status.data(), status.size()});
  at_buffer(message, Buffer::http_stat_msg) = as_bytes(response.reason);
  at_buffer(message, Buffer::http_response_line) = as_bytes(response.line);
  at_buffer(message, Buffer::http_content_type) = as_bytes(response.content_type);
  at_buffer(message, Buffer::http_header) = as_bytes(response.headers.text());
  at_buffer(message, Buffer::http_response_body) = body;
  match(message, body.data() == nullptr ? generation_->reads_response : generation_->reads_body, hits);
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
