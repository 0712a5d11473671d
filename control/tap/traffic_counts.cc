#include "control/tap/traffic_counts.hh"

namespace sluice {
namespace {

constexpr std::uint8_t sctp = 132;

std::string_view transport_text(std::uint8_t protocol) {
  switch (protocol) {
    case ip_protocol::tcp: return "tcp";
    case ip_protocol::udp: return "udp";
    case ip_protocol::icmp: return "icmpv4";
    case ip_protocol::icmp_v6: return "icmpv6";
    case ip_protocol::esp: return "esp";
    case sctp: return "sctp";
    default: return "";
  }
}

std::string_view message_protocol(EventType type) {
  switch (type) {
    case EventType::dns: return "dns";
    case EventType::tls: return "tls";
    case EventType::http: return "http";
    case EventType::quic: return "quic";
    case EventType::mqtt: return "mqtt";
    case EventType::dhcp: return "dhcp";
    case EventType::ssh: return "ssh";
    default: return "";
  }
}

}  // namespace

std::string counted_name(std::string_view protocol, std::uint8_t transport) {
  if (protocol != "dns") return std::string{protocol};
  return transport == ip_protocol::tcp ? "dns_tcp" : "dns_udp";
}

void TrafficCounts::consume(const Packet& packet) {
  if (packet.link == LinkLayer::ethernet) ++decoder["ethernet"];
  if (packet.vlan[0] != 0) ++decoder[packet.vlan[1] != 0 ? "vlan_qinq" : "vlan"];
  const auto count_ip = [&](const Address& address) { ++decoder[address.is_v4() ? "ipv4" : "ipv6"]; };
  if (packet.outer.depth != 0) count_ip(packet.outer.source);
  const bool has_ip = packet.source != Address{} || packet.destination != Address{};
  if (has_ip) count_ip(packet.source);
  if (packet.uninspected == UninspectedReason::malformed) {
    ++decoder["invalid"];
  } else if (has_ip) {
    if (const auto transport = transport_text(packet.protocol); !transport.empty()) ++decoder[std::string{transport}];
  }
  for (std::size_t i = 0; i < packet.outer.count; ++i)
    if (packet.outer.kinds[i] == TunnelKind::teredo) ++decoder["teredo"];
}

void TrafficCounts::consume(const Event& event) {
  const auto& header = event.header();
  if (header.type == EventType::flow) {
    const auto protocol = event.find(Field::flow_protocol);
    ++flows[{protocol ? static_cast<Protocol>(protocol->integer()) : Protocol::unknown, header.ip_protocol}];
  } else if (header.type == EventType::anomaly) {
    const auto field = event.find(Field::anomaly);
    if (!field || field->integer() >= anomaly_count) return;
    const auto& kind = kind_of(static_cast<Anomaly>(field->integer()));
    if (kind.layer != AnomalyLayer::applayer) return;
    if (const auto dot = kind.name.find('.'); dot != std::string_view::npos)
      ++errors[counted_name(kind.name.substr(0, dot), header.ip_protocol)];
  } else if (const auto name = message_protocol(header.type); !name.empty()) {
    ++messages[counted_name(name, header.ip_protocol)];
  }
}

}  // namespace sluice
