// What devices say of themselves on their own link: mDNS and LLMNR, NetBIOS names, SSDP, DHCPv6.
#include "dataplane/event/dns_fields.hh"
#include "dataplane/event/event_text.hh"
#include "dataplane/reporter/reporter.hh"

namespace sluice {

void Reporter::local_names(const Passage& at, EventType type, const DnsMessage& message) noexcept {
  EventWriter event{buffer_};
  event.begin(sender_header(type, at));
  tunnel_fields(event, at.flow, at.way);
  event.integer(Field::dns_response, message.header().response() ? 1 : 0);
  event.integer(Field::dns_id, message.header().id);
  event.integer(Field::dns_flags, message.header().flags);
  auto reading = message;
  DnsQuestion question;
  while (reading.next_question(question)) {
    event.text(Field::dns_query_name, question.name.view());
    event.integer(Field::dns_query_type, question.type);
  }
  put_dns_records(event, reading);
  if (reading.error() && !at.packet.uninspected) at.packet.uninspected = UninspectedReason::parse_error;
  // What is asked for is no word of who asks.
  const bool says_who = type == EventType::mdns && message.header().response() && is_sighted(at);
  if (record_ == Record::all || says_who) tell(event, type, at);
}

void Reporter::netbios(const Passage& at, const NetbiosMessage& message) noexcept {
  if (record_ != Record::all) return;
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::netbios, at));
  tunnel_fields(event, at.flow, at.way);
  event.integer(Field::netbios_id, message.id);
  event.integer(Field::netbios_flags, message.flags);
  event.integer(Field::netbios_type, message.type);
  const auto put_name = [&](const NetbiosName& name) {
    event.text(Field::netbios_name, name.view());
    event.integer(Field::netbios_suffix, name.suffix);
    if (name.is_group) event.integer(Field::netbios_group, 1);
  };
  put_name(message.name);
  put(event, Field::netbios_address, message.address);
  for (std::size_t i = 0; i < message.names; ++i) put_name(message.node[i]);
  send(event, EventType::netbios, at.packet.number);
}

void Reporter::ssdp(const Passage& at, const SsdpMessage& message) noexcept {
  if (record_ != Record::all && !is_sighted(at)) return;
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::ssdp, at));
  tunnel_fields(event, at.flow, at.way);
  event.integer(Field::ssdp_kind, static_cast<std::uint64_t>(message.kind));
  put(event, Field::ssdp_target, message.target);
  put(event, Field::ssdp_usn, message.usn);
  put(event, Field::ssdp_sub_type, message.sub_type);
  put(event, Field::ssdp_server, message.server);
  put(event, Field::ssdp_user_agent, message.user_agent);
  put(event, Field::ssdp_location, message.location);
  tell(event, EventType::ssdp, at);
}

void Reporter::dhcpv6(const Passage& at, const Dhcpv6Message& message) noexcept {
  if (record_ != Record::all && !sightings_->wanted()) return;
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::dhcp, at));
  tunnel_fields(event, at.flow, at.way);
  event.integer(Field::dhcpv6_type, message.type);
  event.integer(Field::dhcpv6_id, message.id);
  put(event, Field::dhcp_relay_ip, message.relay);
  put(event, Field::dhcpv6_client_duid, message.client_duid);
  put(event, Field::dhcpv6_server_duid, message.server_duid);
  put(event, Field::dhcpv6_options, message.options);
  if (message.vendor) event.integer(Field::dhcpv6_vendor, *message.vendor);
  put(event, Field::dhcpv6_vendor_class, message.vendor_class);
  put(event, Field::dhcpv6_user_class, message.user_class);
  DnsName room;
  put(event, Field::dhcpv6_host_name, message.host_name_in(room));
  for (std::size_t i = 0; i < message.addresses; ++i) put(event, Field::dhcpv6_address, message.address[i]);
  put_each_v6(event, Field::dhcp_dns_server, message.dns_servers);
  tell(event, EventType::dhcp, at);
}

}  // namespace sluice
