// What devices say of themselves: local names, services, clocks, and the first words of MQTT, SSH and STUN.
#include "dataplane/protocol/protocol.hh"

namespace sluice {
namespace {

using State = Progress::State;

constexpr std::uint16_t mdns_port = 5353;
constexpr std::uint16_t llmnr_port = 5355;
// Packets of a flow in which STUN is read; media follow, or keep-alives for as long as the call takes.
constexpr std::uint64_t stun_packets_limit = 64;
constexpr std::uint64_t media_packets_limit = 4;

std::uint64_t packets_of(const Flow& flow) noexcept { return flow.packets[0] + flow.packets[1]; }

// RFC 7983 section 7: what RTP and RTCP begin with.
bool may_be_media(Bytes datagram) noexcept { return datagram[0] >= 128 && datagram[0] < 192; }

}  // namespace

Protocol Protocols::recognise_device(const Packet& packet) noexcept {
  const auto on = [&](std::uint16_t port) { return packet.source_port == port || packet.destination_port == port; };
  const auto bytes = packet.payload;
  if (on(ntp_port) && probe_ntp(bytes) == Probe::yes) return Protocol::ntp;
  // These have the form of DNS, and are told from it by the port alone.
  if (on(mdns_port) && probe_dns(bytes) != Probe::no) return Protocol::mdns;
  if (on(llmnr_port) && probe_dns(bytes) != Probe::no) return Protocol::llmnr;
  if (on(netbios_name_port) && probe_netbios(bytes) == Probe::yes) return Protocol::netbios;
  if ((on(dhcpv6_server_port) || on(dhcpv6_client_port)) && probe_dhcpv6(bytes) == Probe::yes) return Protocol::dhcpv6;
  if (probe_ssdp(bytes) == Probe::yes) return Protocol::ssdp;
  if (probe_stun(bytes) == Probe::yes) return Protocol::stun;
  return Protocol::unknown;
}

void Protocols::device_datagram(const Passage& at) noexcept {
  const auto bytes = at.packet.payload;
  const auto report = [&](const auto& message, auto method) {
    if (message)
      (reporter_->*method)(at, *message);
    else
      mark(at, UninspectedReason::parse_error);
  };
  switch (at.flow.protocol) {
    case Protocol::mdns:
    case Protocol::llmnr:
      if (const auto message = parse_dns(bytes))
        reporter_->local_names(at, at.flow.protocol == Protocol::mdns ? EventType::mdns : EventType::llmnr, *message);
      else
        mark(at, UninspectedReason::parse_error);
      return;
    case Protocol::netbios: return report(parse_netbios(bytes), &Reporter::netbios);
    case Protocol::ssdp: return report(parse_ssdp(bytes), &Reporter::ssdp);
    case Protocol::dhcpv6: return report(parse_dhcpv6(bytes), &Reporter::dhcpv6);
    case Protocol::ntp: return report(parse_ntp(bytes), &Reporter::ntp);
    case Protocol::stun: return stun_datagram(at);
    default: return;
  }
}

// What STUN leads to comes in the same flow: DTLS, QUIC, media, a relay's channels (RFC 7983, 9443).
void Protocols::stun_datagram(const Passage& at) noexcept {
  auto& flow = at.flow;
  const auto bytes = at.packet.payload;
  if (probe_stun(bytes) == Probe::yes) {
    if (const auto message = parse_stun(bytes))
      reporter_->stun(at, *message);
    else
      mark(at, UninspectedReason::parse_error);
  } else if (probe_dtls(bytes) == Probe::yes) {
    flow.protocol = Protocol::dtls;
    return dtls_datagram(at);
  } else if (probe_quic(bytes) == Probe::yes) {
    flow.protocol = Protocol::quic;
    return quic_datagram(at);
  } else {
    mark(at, UninspectedReason::unknown_protocol);
    if (may_be_media(bytes) && packets_of(flow) >= media_packets_limit) return decide(flow);
  }
  if (packets_of(flow) >= stun_packets_limit) decide(flow);
}

// Messages or frames follow each other.
Progress Protocols::advance_stun(const Passage& at, Bytes data) noexcept {
  const auto message = parse_stun_tcp(data);
  if (!message) {
    if (message.error() == StunError::need_more) return {State::need_more, 0, 0};
    // A relay's channels (RFC 8656 section 12.4) and media in frames are no fault.
    const bool is_other = message.error() == StunError::not_this;
    return finished_with(at, is_other ? UninspectedReason::unknown_protocol : UninspectedReason::parse_error);
  }
  reporter_->stun(at, *message);
  if (packets_of(at.flow) >= stun_packets_limit) return {State::finished, 0, 0};
  return {State::message, message->size, 0};
}

// The client's first packet alone: what is published and subscribed to is not read.
Progress Protocols::advance_mqtt(const Passage& at, Bytes data) noexcept {
  if (probe_mqtt(data) == Probe::no) return {State::finished, 0, 0};
  const auto message = parse_mqtt_connect(data);
  if (!message) {
    if (message.error() == MqttError::need_more) return {State::need_more, 0, 0};
    return finished_with(at, UninspectedReason::parse_error);
  }
  reporter_->mqtt(at, *message);
  return {State::finished, 0, 0};
}

Progress Protocols::advance_ssh(const Passage& at, Bytes data) noexcept {
  const auto banner = parse_ssh_banner(data);
  if (!banner) {
    if (banner.error() == SshError::need_more) return {State::need_more, 0, 0};
    return finished_with(at, UninspectedReason::parse_error);
  }
  reporter_->ssh(at, *banner, at.way == Way::to_server);
  return {State::finished, 0, 0};
}

}  // namespace sluice
