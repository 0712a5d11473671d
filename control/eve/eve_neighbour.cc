#include "control/eve/eve_neighbour.hh"

#include <array>
#include <string_view>

#include "dataplane/parsers/neighbour_discovery.hh"

namespace sluice {
namespace {

std::string_view operation_text(std::uint64_t operation) {
  constexpr std::array<std::string_view, 5> names{"unknown", "request", "reply", "request_reverse", "reply_reverse"};
  return names[operation < names.size() ? operation : 0];
}

std::string_view kind_text(std::uint64_t kind) {
  switch (static_cast<NeighbourKind>(kind)) {
    case NeighbourKind::router_solicitation: return "router-solicitation";
    case NeighbourKind::router_advertisement: return "router-advertisement";
    case NeighbourKind::neighbour_solicitation: return "neighbor-solicitation";
    case NeighbourKind::neighbour_advertisement: return "neighbor-advertisement";
  }
  return "unknown";
}

Json hardware_address(const EventField& field, const Redactor& redactor) {
  return redactor.redact("hardware-address", field.text());
}

}  // namespace

Json arp_object(const Event& event, const Redactor& redactor) {
  Json arp = {{"hw_type", "ethernet"}, {"proto_type", "ipv4"}};
  for (const auto& field : event) {
    switch (field.field) {
      case Field::neighbour_kind: put(arp, "opcode", operation_text(field.integer())); break;
      case Field::neighbour_sender_mac: put(arp, "src_mac", hardware_address(field, redactor)); break;
      case Field::neighbour_sender: put_text(arp, "src_ip", field); break;
      case Field::neighbour_target_mac: put(arp, "dest_mac", hardware_address(field, redactor)); break;
      case Field::neighbour_target: put_text(arp, "dest_ip", field); break;
      default: break;
    }
  }
  return arp;
}

Json neighbour_object(const Event& event, const Redactor& redactor) {
  Json nd = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::neighbour_kind: put(nd, "type", kind_text(field.integer())); break;
      case Field::neighbour_sender_mac: put(nd, "source_mac", hardware_address(field, redactor)); break;
      case Field::neighbour_target: put_text(nd, "target", field); break;
      case Field::neighbour_target_mac: put(nd, "target_mac", hardware_address(field, redactor)); break;
      case Field::router_lifetime: put(nd, "router_lifetime", field.integer()); break;
      case Field::router_dns_server: nd["dns_servers"].push_back(stored_text(field.text())); break;
      default: break;
    }
  }
  return nd;
}

}  // namespace sluice
