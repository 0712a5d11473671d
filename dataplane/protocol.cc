#include "dataplane/protocol.hh"

#include <algorithm>
#include <iterator>

#include "dataplane/quic.hh"

namespace sluice {
namespace {

using State = Progress::State;

constexpr std::uint16_t dns_port = 53;
// Datagrams that a UDP flow may take until its protocol is recognised, or its handshake read.
constexpr std::uint64_t unknown_datagrams_limit = 4;
constexpr std::uint64_t handshake_datagrams_limit = 64;

void mark(const Passage& at, UninspectedReason reason) noexcept {
  if (!at.packet.uninspected) at.packet.uninspected = reason;
}

bool on_port(const Flow& flow, std::uint16_t port) noexcept {
  return flow.key.low_port == port || flow.key.high_port == port;
}

// DNS is taken at its word on its own port, and on its form anywhere else, but for the protocols that share that form:
// NetBIOS names, mDNS and LLMNR; nor on Teredo's, whose first bytes may look like it.
bool may_be_dns(const Flow& flow, Probe form) noexcept {
  if (on_port(flow, dns_port)) return form != Probe::no;
  constexpr std::uint16_t others[] = {137, 3544, 5353, 5355};
  return form == Probe::yes &&
         std::none_of(std::begin(others), std::end(others), [&](auto port) { return on_port(flow, port); });
}

Progress finished_with(const Passage& at, UninspectedReason reason) noexcept {
  mark(at, reason);
  return {State::finished, 0, 0};
}

}  // namespace

Protocols::Protocols(Reporter& reporter, BufferPool& buffers) : reporter_(&reporter), buffers_(&buffers) {}

Progress Protocols::advance(const Passage& at, StreamSide& side, Bytes data) noexcept {
  switch (side.protocol) {
    case Protocol::unknown: return probe(at, side, data);
    case Protocol::tls: return advance_tls(at, data);
    case Protocol::http: return advance_http(at, side, data);
    case Protocol::dns: return advance_dns(at, side, data);
    case Protocol::xiaomi_push: break;
    case Protocol::quic: break;  // never over TCP
  }
  return {State::finished, 0, 0};
}

Progress Protocols::probe(const Passage& at, StreamSide& side, Bytes data) noexcept {
  struct Candidate {
    Protocol protocol;
    Probe answer;
  };
  const Candidate candidates[] = {
      {Protocol::tls, probe_tls(data)},
      {Protocol::http, probe_http_request(data)},
      {Protocol::dns, on_port(at.flow, dns_port) ? probe_dns_tcp(data) : Probe::no},
  };
  bool undecided = false;
  for (const auto& candidate : candidates) {
    undecided = undecided || candidate.answer == Probe::maybe;
    if (candidate.answer != Probe::yes) continue;
    side.protocol = candidate.protocol;
    at.flow.protocol = candidate.protocol;
    return advance(at, side, data);
  }
  if (undecided) return {State::need_more, 0, 0};
  if (probe_http_response(data) == Probe::yes) {  // answers are not read: the requests name everything
    if (at.flow.protocol == Protocol::unknown) at.flow.protocol = Protocol::http;
    return {State::finished, 0, 0};
  }
  if (at.flow.protocol == Protocol::unknown) mark(at, UninspectedReason::unknown_protocol);
  return {State::finished, 0, 0};
}

Progress Protocols::advance_tls(const Passage& at, Bytes data) noexcept {
  const auto hello = parse_tls_client_hello(data, scratch_);
  if (hello) {
    reporter_->tls(at, *hello);
    return {State::finished, 0, 0};
  }
  switch (hello.error()) {
    case TlsError::need_more: return {State::need_more, 0, 0};
    case TlsError::not_this:  // the server's side
      return {State::finished, 0, 0};
    case TlsError::message_too_long: return finished_with(at, UninspectedReason::handshake_size);
    default: return finished_with(at, UninspectedReason::parse_error);
  }
}

Progress Protocols::advance_http(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (!side.body.done()) {
    const auto consumed = side.body.consume(data);
    if (side.body.failed()) {
      mark(at, UninspectedReason::parse_error);
      side.lost_sync = true;
      side.body = HttpBody{BodyFraming::none, 0};
      return {State::need_more, data.size(), 0};
    }
    const auto skip = side.body.remaining();  // content that nobody needs to see
    side.body.skip(skip);
    return {State::message, consumed, skip};
  }
  if (side.lost_sync) {
    // A request is looked for where a segment begins; anything else is the middle of something.
    if (probe_http_request(data) != Probe::yes) return {State::need_more, data.size(), 0};
    side.lost_sync = false;
  }
  const auto request = parse_http_request(data);
  if (!request) {
    if (request.error() == HttpError::need_more) return {State::need_more, 0, 0};
    // Whatever is wrong with it, its line and its host name what it wants.
    if (const auto certain = parse_http_request_prefix(data)) reporter_->http(at, *certain);
    mark(at, UninspectedReason::parse_error);
    side.lost_sync = true;
    return {State::need_more, data.size(), 0};
  }
  reporter_->http(at, *request);
  if (request->method == "CONNECT") {  // what follows is another protocol (RFC 9110 section 9.3.6)
    side.protocol = Protocol::unknown;
    at.flow.protocol = Protocol::unknown;
  } else {
    side.body = HttpBody{request->framing, request->content_length};
  }
  return {State::message, request->size, 0};
}

Progress Protocols::advance_dns(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (side.lost_sync) {
    if (probe_dns_tcp(data) != Probe::yes) return {State::need_more, data.size(), 0};
    side.lost_sync = false;
  }
  const auto framed = dns_tcp_message(data);
  if (!framed) {
    if (framed.error() == DnsError::need_more) return {State::need_more, 0, 0};
    return finished_with(at, UninspectedReason::parse_error);
  }
  if (const auto message = parse_dns(*framed))
    reporter_->dns(at, *message);
  else
    mark(at, UninspectedReason::parse_error);
  return {State::message, 2 + framed->size(), 0};
}

bool Protocols::resume_after_gap(StreamSide& side) noexcept {
  side.lost_sync = side.protocol == Protocol::http || side.protocol == Protocol::dns;
  side.body = HttpBody{BodyFraming::none, 0};
  return side.lost_sync || side.protocol == Protocol::unknown;
}

void Protocols::cut(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (side.protocol == Protocol::http && !side.lost_sync && side.body.done()) {
    if (const auto request = parse_http_request_prefix(data)) reporter_->http(at, *request);
  } else if (side.protocol == Protocol::dns && data.size() > 2) {
    if (const auto message = parse_dns(data.subspan(2))) reporter_->dns(at, *message);
  }
}

void Protocols::datagram(const Passage& at) noexcept {
  auto& flow = at.flow;
  if (at.packet.payload.empty()) return;
  if (flow.protocol == Protocol::unknown) {
    if (may_be_dns(flow, probe_dns(at.packet.payload)))
      flow.protocol = Protocol::dns;
    else if (probe_quic(at.packet.payload) == Probe::yes || probe_gquic(at.packet.payload) == Probe::yes)
      flow.protocol = Protocol::quic;
  }
  const auto datagrams = flow.packets[0] + flow.packets[1];
  switch (flow.protocol) {
    case Protocol::dns: return dns_datagram(at);
    case Protocol::quic:
      quic_datagram(at);
      if (!flow.decided && datagrams >= handshake_datagrams_limit) decide(flow);
      return;
    default:
      mark(at, UninspectedReason::unknown_protocol);
      if (datagrams >= unknown_datagrams_limit && !on_port(flow, dns_port)) decide(flow);
  }
}

void Protocols::dns_datagram(const Passage& at) noexcept {
  if (const auto message = parse_dns(at.packet.payload))
    reporter_->dns(at, *message);
  else
    mark(at, UninspectedReason::parse_error);
}

void Protocols::quic_datagram(const Passage& at) noexcept {
  auto& flow = at.flow;
  auto& side = flow.side[static_cast<std::size_t>(at.way)];
  // Once an Initial opened, only that side's can: the server's have keys of their own, and nothing that we look for.
  if (flow.quic.version() != 0 && side.protocol != Protocol::quic) return;
  if (const auto clear = parse_gquic_datagram(at.packet.payload)) {  // Google's own, before encryption came to hellos
    report_gquic(at, clear->version, clear->hello);
    return decide(flow);
  }
  Reader datagram{at.packet.payload};
  while (datagram.left() > 0 && !flow.decided) {
    const auto packet = next_long_packet(datagram);
    if (!packet) {
      if (packet.error() != QuicError::unknown_version) return;  // a short header, or padding
      mark(at, UninspectedReason::unknown_protocol);
      return decide(flow);
    }
    if (packet->type != QuicPacketType::initial) continue;
    const auto version_before = flow.quic.version();
    const auto payload = flow.quic.open(opener_, *packet, scratch_);
    if (!payload) {
      if (payload.error() == QuicError::attempts_spent) decide(flow);
      if (flow.quic.version() == 0) mark(at, UninspectedReason::ciphertext);
      continue;
    }
    // Another version is another connection attempt, whose handshake starts anew.
    if (version_before != flow.quic.version() && side.buffer != no_index) buffers_->at(side.buffer).clear();
    side.protocol = Protocol::quic;
    quic_crypto(at, packet->version, *payload);
  }
}

void Protocols::quic_crypto(const Passage& at, std::uint32_t version, Bytes payload) noexcept {
  auto& side = at.flow.side[static_cast<std::size_t>(at.way)];
  if (side.buffer == no_index) side.buffer = buffers_->take();
  if (side.buffer == no_index) {
    mark(at, UninspectedReason::buffer_full);
    return decide(at.flow);
  }
  auto& buffer = buffers_->at(side.buffer);
  Reader frames{payload};
  while (frames.left() > 0) {
    const auto frame = next_quic_frame(frames, quic_family(version));
    if (!frame) {
      mark(at, UninspectedReason::parse_error);
      break;
    }
    if (frame->type != QuicFrameType::crypto || frame->data.empty()) continue;
    if (frame->offset >= ReassemblyBuffer::window ||
        buffer.insert(static_cast<std::size_t>(frame->offset), frame->data) == ReassemblyBuffer::Stored::part)
      mark(at, UninspectedReason::handshake_size);
  }
  const auto hello = parse_client_hello(buffer.contiguous());
  if (hello) {
    reporter_->quic(at, version, *hello);
    return decide(at.flow);
  }
  if (hello.error() == TlsError::need_more) return;
  if (const auto google = parse_gquic_hello(buffer.contiguous())) {  // Q050
    report_gquic(at, version, *google);
    return decide(at.flow);
  } else if (google.error() == QuicError::truncated) {
    return;
  }
  mark(at, UninspectedReason::parse_error);
  decide(at.flow);
}

void Protocols::report_gquic(const Passage& at, std::uint32_t version, const GquicHello& hello) noexcept {
  ClientHello named;
  named.sni = hello.sni;
  reporter_->quic(at, version, named);
}

void Protocols::decide(Flow& flow) noexcept {
  for (auto& side : flow.side) {
    if (side.buffer != no_index) buffers_->give(side.buffer);
    side.buffer = no_index;
  }
  flow.decided = true;
}

}  // namespace sluice
