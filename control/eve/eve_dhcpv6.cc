#include "control/eve/eve_dhcpv6.hh"

#include <array>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {
namespace {

// RFC 8415 section 7.3; others by their number.
Json type_of(std::uint64_t type) {
  constexpr std::array<std::string_view, 14> names{"",
                                                   "solicit",
                                                   "advertise",
                                                   "request",
                                                   "confirm",
                                                   "renew",
                                                   "rebind",
                                                   "reply",
                                                   "release",
                                                   "decline",
                                                   "reconfigure",
                                                   "information-request",
                                                   "relay-forward",
                                                   "relay-reply"};
  return type != 0 && type < names.size() ? Json(names[type]) : Json(std::to_string(type));
}

}  // namespace

Json dhcpv6_object(const Event& event, const Redactor& redactor) {
  Json dhcp = Json::object();
  const auto add = [&](const char* key, const EventField& field) { dhcp[key].push_back(stored_text(field.text())); };
  for (const auto& field : event) {
    switch (field.field) {
      case Field::dhcpv6_type: put(dhcp, "type", type_of(field.integer())); break;
      case Field::dhcpv6_id: put(dhcp, "id", field.integer()); break;
      case Field::dhcp_relay_ip: put_text(dhcp, "relay_ip", field); break;
      case Field::dhcpv6_client_duid: put(dhcp, "client_duid", redactor.redact("duid", field.text())); break;
      case Field::dhcpv6_server_duid: put(dhcp, "server_duid", redactor.redact("duid", field.text())); break;
      case Field::dhcpv6_options: {
        Json options = Json::array();
        Reader reader{field.value};
        while (reader.left() >= 2) options.push_back(reader.be16());
        put(dhcp, "params", std::move(options));
        break;
      }
      case Field::dhcpv6_vendor: put(dhcp, "vendor_enterprise", field.integer()); break;
      case Field::dhcpv6_vendor_class: put_text(dhcp, "vendor_class", field); break;
      case Field::dhcpv6_user_class: put_text(dhcp, "user_class", field); break;
      case Field::dhcpv6_host_name: {  // without its domain, as in option 12 of DHCPv4
        const auto name = field.text();
        put(dhcp, "hostname", redactor.redact("host-name", name.substr(0, name.find('.'))));
        break;
      }
      case Field::dhcpv6_address: add("addresses", field); break;
      case Field::dhcp_dns_server: add("dns_servers", field); break;
      default: break;
    }
  }
  return dhcp;
}

}  // namespace sluice
