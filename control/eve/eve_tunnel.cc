#include "control/eve/eve_tunnel.hh"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sluice {
namespace {

std::string address_text(const EventField& field) {
  if (field.value.size() != sizeof(Address)) return "::";
  Address address;
  std::copy(field.value.begin(), field.value.end(), address.bytes.begin());
  return address.text();
}

}  // namespace

std::string ip_protocol_text(std::uint8_t number) {
  constexpr std::array<std::pair<std::uint8_t, std::string_view>, 11> names{{{1, "ICMP"},
                                                                             {2, "IGMP"},
                                                                             {4, "IP-in-IP"},
                                                                             {6, "TCP"},
                                                                             {17, "UDP"},
                                                                             {41, "IPv6"},
                                                                             {47, "GRE"},
                                                                             {50, "ESP"},
                                                                             {51, "AH"},
                                                                             {58, "IPv6-ICMP"},
                                                                             {132, "SCTP"}}};
  for (const auto& [value, name] : names)
    if (value == number) return std::string{name};
  return fmt::format("{:03}", number);
}

std::string_view text_of(TunnelKind kind) noexcept {
  switch (kind) {
    case TunnelKind::none: break;
    case TunnelKind::mpls: return "mpls";
    case TunnelKind::pppoe: return "pppoe";
    case TunnelKind::gre: return "gre";
    case TunnelKind::erspan: return "erspan";
    case TunnelKind::vxlan: return "vxlan";
    case TunnelKind::geneve: return "geneve";
    case TunnelKind::gtp_u: return "gtp-u";
    case TunnelKind::ip_in_ip: return "ip-in-ip";
    case TunnelKind::ipv6_in_ip: return "ipv6-in-ip";
    case TunnelKind::teredo: return "teredo";
    case TunnelKind::l2tp: return "l2tp";
    case TunnelKind::etherip: return "etherip";
    case TunnelKind::capwap: return "capwap";
  }
  return "unknown";
}

Json tunnel_object(const Event& event) {
  Json tunnel = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::tunnel_source: tunnel["src_ip"] = address_text(field); break;
      case Field::tunnel_destination: tunnel["dest_ip"] = address_text(field); break;
      case Field::tunnel_source_port: tunnel["src_port"] = field.integer() & 0xffff; break;
      case Field::tunnel_destination_port: tunnel["dest_port"] = field.integer() & 0xffff; break;
      case Field::tunnel_protocol:
        tunnel["proto"] = ip_protocol_text(static_cast<std::uint8_t>(field.integer()));
        break;
      case Field::tunnel_depth: tunnel["depth"] = field.integer(); break;
      default: break;
    }
  }
  return tunnel;
}

void put_tunnel(Json& own, const Event& event) {
  Json kinds = Json::array();
  for (const auto& field : event)
    if (field.field == Field::tunnel_kind) kinds.push_back(text_of(static_cast<TunnelKind>(field.integer())));
  if (!kinds.empty()) own["tunnel"] = std::move(kinds);
  if (const auto network = event.find(Field::tunnel_network)) own["tunnel_network"] = network->integer();
}

}  // namespace sluice
