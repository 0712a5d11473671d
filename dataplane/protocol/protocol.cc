#include "dataplane/protocol/protocol.hh"

#include <algorithm>
#include <iterator>

#include "dataplane/tls/starttls.hh"

namespace sluice {
namespace {

using State = Progress::State;

// Datagrams that a UDP flow may take until its protocol is recognised, or its handshake read.
constexpr std::uint64_t unknown_datagrams_limit = 4;
constexpr std::uint64_t handshake_datagrams_limit = 64;

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

}  // namespace

Protocols::Protocols(Reporter& reporter, ReassemblyBuffers& buffers, QuicPaths& paths, std::uint32_t http2_connections,
                     const BodyOptions& bodies)
    : reporter_(&reporter),
      buffers_(&buffers),
      paths_(&paths),
      body_bytes_(std::min<std::size_t>(bodies.bytes, body_inspection_limit)),
      body_limit_(bodies.bytes),
      follows_bodies_(bodies.followed != 0),
      http2_(http2_connections),
      bodies_(bodies.followed) {
  body_tools_.hashes = bodies.hash_files;
}

Progress Protocols::advance(const Passage& at, StreamSide& side, Bytes data) noexcept {
  switch (side.protocol) {
    case Protocol::unknown: return probe(at, side, data);
    case Protocol::tls: return advance_tls(at, data);
    case Protocol::http: return advance_http(at, side, data);
    case Protocol::dns: return advance_dns(at, side, data);
    case Protocol::xiaomi_push: return advance_xiaomi_push(at, data);
    case Protocol::websocket: return advance_websocket(at, data);
    case Protocol::http2: return advance_http2(at, data);
    case Protocol::prelude: return advance_prelude(at, side, data);
    case Protocol::mqtt: return advance_mqtt(at, data);
    case Protocol::ssh: return advance_ssh(at, data);
    case Protocol::stun: return advance_stun(at, data);
    case Protocol::quic:
    case Protocol::dhcp:
    case Protocol::mdns:
    case Protocol::llmnr:
    case Protocol::netbios:
    case Protocol::ssdp:
    case Protocol::ntp:
    case Protocol::dhcpv6:
    case Protocol::dtls: break;  // never over TCP
    case Protocol::ipsec:
    case Protocol::wireguard:
    case Protocol::openvpn: break;  // nothing can be read
  }
  return {State::finished, 0, 0};
}

Progress Protocols::probe(const Passage& at, StreamSide& side, Bytes data) noexcept {
  struct Candidate {
    Protocol protocol;
    Probe answer;
    bool responds = false;
  };
  const Candidate candidates[] = {
      {Protocol::tls, probe_tls(data)},
      {Protocol::http, probe_http_request(data)},
      {Protocol::http, probe_http_response(data), true},
      {Protocol::http2, at.flow.protocol == Protocol::http2 ? Probe::yes : probe_http2(data)},
      {Protocol::xiaomi_push, probe_xiaomi_push(data)},
      {Protocol::dns, on_port(at.flow, dns_port) ? probe_dns_tcp(data) : Probe::no},
      {Protocol::mqtt, at.flow.protocol == Protocol::mqtt ? Probe::yes : probe_mqtt(data)},
      {Protocol::ssh, probe_ssh(data)},
      {Protocol::stun, probe_stun_tcp(data)},
      {Protocol::openvpn, probe_openvpn_tcp(data, at.packet.time)},
      {Protocol::prelude,
       probe_prelude(data, at.flow.side[static_cast<std::size_t>(opposite(at.way))].protocol == Protocol::prelude)},
  };
  bool undecided = false;
  for (const auto& candidate : candidates) {
    undecided = undecided || candidate.answer == Probe::maybe;
    if (candidate.answer != Probe::yes) continue;
    side.protocol = candidate.protocol;
    if (candidate.protocol != Protocol::prelude) at.flow.protocol = candidate.protocol;
    side.responds = candidate.responds;
    return advance(at, side, data);
  }
  if (undecided) return {State::need_more, 0, 0};
  if (at.flow.protocol == Protocol::http) {
    // The other side speaks HTTP: this is the answer that is due, in a form that clients take, or else the middle of a
    // message, and the next one will begin somewhere.
    side.protocol = Protocol::http;
    side.responds = !at.flow.side[static_cast<std::size_t>(opposite(at.way))].responds;
    side.lost_sync = true;
    if (side.responds && !at.flow.http.empty()) {
      const auto response = parse_http_response(data, at.flow.http.front().method());
      side.lost_sync = !response && response.error() == HttpError::not_this;
    }
    return advance(at, side, data);
  }
  if (at.flow.protocol == Protocol::unknown) mark(at, UninspectedReason::unknown_protocol);
  return {State::finished, 0, 0};
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
    broken(at, Anomaly::dns_malformed_data);
  return {State::message, 2 + framed->size(), 0};
}

// The first frame of each side is in clear text and says what there is to say; what follows is encrypted.
Progress Protocols::advance_xiaomi_push(const Passage& at, Bytes data) noexcept {
  const auto frame = parse_xiaomi_push(data);
  if (!frame) {
    if (frame.error() == XiaomiPushError::need_more) return {State::need_more, 0, 0};
    return finished_with(at, UninspectedReason::parse_error);
  }
  if (frame->is_encrypted) return finished_with(at, UninspectedReason::ciphertext);
  if (frame->device) {
    reporter_->xiaomi_push(at, *frame);
    return {State::finished, 0, 0};
  }
  return {State::message, frame->size, 0};
}

bool Protocols::resume_after_gap(const Passage& at, StreamSide& side, std::uint64_t count) noexcept {
  if (pass_hole(at, side, count)) return true;
  side.lost_sync =
      side.protocol == Protocol::http || side.protocol == Protocol::dns || side.protocol == Protocol::unknown;
  side.body = HttpBody{BodyFraming::none, 0};
  side.head_reported = false;
  return side.lost_sync;
}

void Protocols::cut(const Passage& at, StreamSide& side, Bytes data) noexcept {
  if (side.protocol == Protocol::http) {
    cut_http(at, side, data);
  } else if (side.protocol == Protocol::dns && data.size() > 2) {
    if (const auto message = parse_dns(data.subspan(2))) reporter_->dns(at, *message);
  }
}

void Protocols::datagram(const Passage& at, bool searches) noexcept {
  auto& flow = at.flow;
  if (at.packet.payload.empty()) return;
  const bool was_quic = flow.protocol == Protocol::quic;
  if (flow.protocol == Protocol::unknown) {
    if (on_port(flow, dhcp_server_port) && probe_dhcp(at.packet.payload) == Probe::yes)
      flow.protocol = Protocol::dhcp;
    else if (const auto device = recognise_device(at.packet); device != Protocol::unknown)
      flow.protocol = device;
    else if (may_be_dns(flow, probe_dns(at.packet.payload)))
      flow.protocol = Protocol::dns;
    else if (probe_quic(at.packet.payload) == Probe::yes || probe_gquic(at.packet.payload) == Probe::yes)
      flow.protocol = Protocol::quic;
    else if (probe_dtls(at.packet.payload) == Probe::yes)
      flow.protocol = Protocol::dtls;
    else if (const auto vpn =
                 recognise_vpn(at.packet.payload, at.packet.source_port, at.packet.destination_port, at.packet.time))
      flow.protocol = *vpn;
  }
  if (!was_quic && reporter_->wants(Buffer::payload)) {
    if (searches)
      reporter_->payload(at, 0, at.packet.payload);
    else
      mark(at, UninspectedReason::overload_payload);
  }
  const auto datagrams = flow.packets[0] + flow.packets[1];
  switch (flow.protocol) {
    case Protocol::dns: return dns_datagram(at);
    case Protocol::dhcp: return dhcp_datagram(at);
    case Protocol::mdns:
    case Protocol::llmnr:
    case Protocol::netbios:
    case Protocol::ssdp:
    case Protocol::dhcpv6:
    case Protocol::ntp:
    case Protocol::stun: return device_datagram(at);
    case Protocol::quic:
      quic_datagram(at);
      if (!flow.decided && datagrams >= handshake_datagrams_limit) decide(flow);
      return;
    case Protocol::ipsec:
    case Protocol::wireguard:
    case Protocol::openvpn: mark(at, UninspectedReason::ciphertext); return decide(flow);
    case Protocol::dtls:
      dtls_datagram(at);
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
    broken(at, Anomaly::dns_malformed_data);
}

void Protocols::dhcp_datagram(const Passage& at) noexcept {
  if (const auto message = parse_dhcp(at.packet.payload))
    reporter_->dhcp(at, *message);
  else
    mark(at, UninspectedReason::parse_error);
}

void Protocols::decide(Flow& flow) noexcept {
  for (auto& side : flow.side) buffers_->give(side);
  flow.decided = true;
}

}  // namespace sluice
