#include "control/eve/eve_dhcp.hh"

#include <array>
#include <string_view>
#include <utility>

namespace sluice {
namespace {

// RFC 2132 section 9.6, in Suricata's words; others by their number.
Json type_of(std::uint64_t type) {
  constexpr std::array<std::string_view, 9> names{"",    "discover", "offer",   "request", "decline",
                                                  "ack", "nak",      "release", "inform"};
  return type != 0 && type < names.size() ? Json(names[type]) : Json(std::to_string(type));
}

}  // namespace

Json dhcp_object(const Event& event, const Redactor* redactor) {
  const Redactor keyless;
  const auto& redact = redactor != nullptr ? *redactor : keyless;
  Json dhcp = Json::object();
  const auto add = [&](const char* key, const EventField& field) { dhcp[key].push_back(stored_text(field.text())); };
  for (const auto& field : event) {
    switch (field.field) {
      case Field::dhcp_reply: put(dhcp, "type", field.integer() != 0 ? "reply" : "request"); break;
      case Field::dhcp_id: put(dhcp, "id", field.integer()); break;
      case Field::dhcp_type: put(dhcp, "dhcp_type", type_of(field.integer())); break;
      case Field::dhcp_hardware_address:
        put(dhcp, "client_mac", redact.redact("hardware-address", field.text()));
        break;
      case Field::dhcp_client_ip: put_text(dhcp, "client_ip", field); break;
      case Field::dhcp_assigned_ip: put_text(dhcp, "assigned_ip", field); break;
      case Field::dhcp_relay_ip: put_text(dhcp, "relay_ip", field); break;
      case Field::dhcp_requested_ip: put_text(dhcp, "requested_ip", field); break;
      case Field::dhcp_server_ip: put_text(dhcp, "server_ip", field); break;
      case Field::dhcp_subnet_mask: put_text(dhcp, "subnet_mask", field); break;
      case Field::dhcp_lease_time: put(dhcp, "lease_time", field.integer()); break;
      case Field::dhcp_host_name: put(dhcp, "hostname", redact.redact("host-name", field.text())); break;
      case Field::dhcp_vendor_class: put_text(dhcp, "vendor_class_identifier", field); break;
      case Field::dhcp_client_id: put(dhcp, "client_id", redact.redact("client-id", field.text())); break;
      case Field::dhcp_parameters:
        put(dhcp, "params", Json(std::vector<unsigned>(field.value.begin(), field.value.end())));
        break;
      case Field::dhcp_dns_server: add("dns_servers", field); break;
      case Field::dhcp_router: add("routers", field); break;
      default: break;
    }
  }
  return dhcp;
}

}  // namespace sluice
