#include "control/eve/eve_device.hh"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "control/eve/eve_dhcpv6.hh"
#include "control/eve/eve_mdns.hh"
#include "control/eve/eve_neighbour.hh"
#include "dataplane/parsers/mqtt.hh"
#include "dataplane/parsers/ssdp.hh"
#include "dataplane/parsers/stun.hh"

namespace sluice {
namespace {

template <std::size_t Count>
Json name_or_number(const std::array<std::string_view, Count>& names, std::uint64_t number) {
  return number < Count && !names[number].empty() ? Json(names[number]) : Json(std::to_string(number));
}

// Suricata's. A CONNECT's own QoS, retain and dup are always zero (3.1.1 section 2.2.2). Of a will, its message may be
// anything, and is not read.
Json mqtt_object(const Event& event, const Redactor& redactor) {
  Json connect = {{"qos", 0}, {"retain", false}, {"dup", false}};
  for (const auto& field : event) {
    switch (field.field) {
      case Field::mqtt_protocol: put_text(connect, "protocol_string", field); break;
      case Field::mqtt_version: put(connect, "protocol_version", field.integer()); break;
      case Field::mqtt_flags: {
        const auto has = [&](std::uint8_t flag) { return (field.integer() & flag) != 0; };
        put(connect, "flags",
            {{"username", has(mqtt_flag::user_name)},
             {"password", has(mqtt_flag::password)},
             {"will_retain", has(mqtt_flag::will_retain)},
             {"will", has(mqtt_flag::will)},
             {"clean_session", has(mqtt_flag::clean_session)}});
        break;
      }
      case Field::mqtt_keep_alive: put(connect, "keep_alive", field.integer()); break;
      case Field::mqtt_client_id: put(connect, "client_id", redactor.redact("mqtt-client-id", field.text())); break;
      case Field::mqtt_user_name: put(connect, "username", redactor.redact("user-name", field.text())); break;
      case Field::mqtt_will_topic: put(connect, "will", {{"topic", redactor.redact("topic", field.text())}}); break;
      default: break;
    }
  }
  return {{"connect", std::move(connect)}};
}

Json ntp_object(const Event& event) {
  Json ntp = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::ntp_version: put(ntp, "version", field.integer()); break;
      case Field::ntp_mode: put(ntp, "mode", field.integer()); break;
      case Field::ntp_stratum: put(ntp, "stratum", field.integer()); break;
      case Field::ntp_reference_id: put(ntp, "reference_id", field.integer()); break;
      default: break;
    }
  }
  return ntp;
}

Json stun_object(const Event& event) {
  constexpr std::array<std::string_view, 4> classes{"request", "indication", "success", "error"};
  // IANA, "STUN Methods"
  constexpr std::array<std::string_view, 13> methods{"",
                                                     "binding",
                                                     "",
                                                     "allocate",
                                                     "refresh",
                                                     "",
                                                     "send",
                                                     "data",
                                                     "create-permission",
                                                     "channel-bind",
                                                     "connect",
                                                     "connection-bind",
                                                     "connection-attempt"};
  Json stun = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::stun_class: put(stun, "class", name_or_number(classes, field.integer())); break;
      case Field::stun_method: put(stun, "method", name_or_number(methods, field.integer())); break;
      case Field::stun_software: put_text(stun, "software", field); break;
      case Field::stun_mapped_ip: put_text(stun, "mapped_ip", field); break;
      case Field::stun_mapped_port: put(stun, "mapped_port", field.integer()); break;
      default: break;
    }
  }
  return stun;
}

// Suricata's.
Json ssh_object(const Event& event) {
  Json ssh = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::ssh_client_protocol: put_text(ssh["client"], "proto_version", field); break;
      case Field::ssh_client_software: put_text(ssh["client"], "software_version", field); break;
      case Field::ssh_server_protocol: put_text(ssh["server"], "proto_version", field); break;
      case Field::ssh_server_software: put_text(ssh["server"], "software_version", field); break;
      default: break;
    }
  }
  return ssh;
}

// RFC 1002 section 4.2.1.1
Json netbios_object(const Event& event, const Redactor& redactor) {
  constexpr std::array<std::string_view, 16> operations{"query",   "",
                                                        "",        "",
                                                        "",        "registration",
                                                        "release", "wait",
                                                        "refresh", "refresh",
                                                        "",        "",
                                                        "",        "",
                                                        "",        "multi-homed-registration"};
  Json netbios = Json::object();
  Json names = Json::array();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::netbios_id: put(netbios, "id", field.integer()); break;
      case Field::netbios_flags:
        put(netbios, "type", (field.integer() & 0x8000U) != 0 ? "response" : "request");
        put(netbios, "operation", name_or_number(operations, field.integer() >> 11U & 0x0fU));
        put(netbios, "rcode", field.integer() & 0x0fU);
        break;
      case Field::netbios_type: put(netbios, "rrtype", field.integer() == 0x21 ? "NBSTAT" : "NB"); break;
      case Field::netbios_name:  // "*" asks any machine for its status
        names.push_back({{"name", field.text() == "*" ? Json("*") : redactor.redact("host-name", field.text())}});
        break;
      case Field::netbios_suffix:
        if (auto* name = last(names)) put(*name, "suffix", fmt::format("{:02x}", field.integer() & 0xffU));
        break;
      case Field::netbios_group:
        if (auto* name = last(names)) put(*name, "group", true);
        break;
      case Field::netbios_address: put_text(netbios, "address", field); break;
      default: break;
    }
  }
  if (!names.empty()) put(netbios, "names", std::move(names));
  return netbios;
}

Json ssdp_object(const Event& event, const Redactor& redactor) {
  constexpr std::array<std::string_view, 4> kinds{"", "m-search", "notify", "response"};
  // What is sought or offered is a kind of device or service, or one device by its identifier.
  const auto target = [&](std::string_view text) -> Json {
    return text.starts_with("uuid:") ? Json(redactor.redact("device-id", text)) : Json(stored_text(text));
  };
  Json ssdp = Json::object();
  for (const auto& field : event) {
    switch (field.field) {
      case Field::ssdp_kind: put(ssdp, "type", name_or_number(kinds, field.integer())); break;
      case Field::ssdp_target: put(ssdp, "target", target(field.text())); break;
      case Field::ssdp_usn: {  // "uuid:...::TARGET": the same digest for all that one device offers
        const auto usn = field.text();
        put(ssdp, "usn", redactor.redact("device-id", usn.substr(0, usn.find("::"))));
        break;
      }
      case Field::ssdp_sub_type: put_text(ssdp, "nts", field); break;
      case Field::ssdp_server: put_text(ssdp, "server", field); break;
      case Field::ssdp_user_agent: put_text(ssdp, "user_agent", field); break;
      case Field::ssdp_location: put(ssdp, "location", redactor.redact("url", field.text())); break;
      default: break;
    }
  }
  return ssdp;
}

}  // namespace

bool put_device_object(Json& line, const Event& event, const Redactor* redactor) {
  const Redactor keyless;
  const auto& redact = redactor != nullptr ? *redactor : keyless;
  switch (event.header().type) {
    case EventType::mqtt: put(line, "mqtt", mqtt_object(event, redact)); return true;
    case EventType::ntp: put(line, "ntp", ntp_object(event)); return true;
    case EventType::stun: put(line, "stun", stun_object(event)); return true;
    case EventType::ssh: put(line, "ssh", ssh_object(event)); return true;
    case EventType::mdns: put(line, "mdns", mdns_object(event, redact)); return true;
    case EventType::llmnr: put(line, "llmnr", llmnr_object(event, redact)); return true;
    case EventType::netbios: put(line, "netbios", netbios_object(event, redact)); return true;
    case EventType::ssdp: put(line, "ssdp", ssdp_object(event, redact)); return true;
    case EventType::arp: put(line, "arp", arp_object(event, redact)); return true;
    case EventType::neighbour_discovery: put(line, "nd", neighbour_object(event, redact)); return true;
    case EventType::dhcp:
      if (!event.find(Field::dhcpv6_type)) return false;
      put(line, "dhcpv6", dhcpv6_object(event, redact));
      return true;
    default: return false;
  }
}

}  // namespace sluice
