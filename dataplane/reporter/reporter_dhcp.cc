// What a device says of itself when it joins a network, as an event.
#include <array>

#include "dataplane/event/event_text.hh"
#include "dataplane/reporter/reporter.hh"

namespace sluice {
namespace {

void put_some(EventWriter& event, Field field, const Address& address) noexcept {
  constexpr std::array<std::uint8_t, 4> none{};
  if (address != Address::v4(none)) put(event, field, address);
}
void put_each(EventWriter& event, Field field, Bytes addresses) noexcept {
  Reader reader{addresses};
  while (reader.left() >= 4) put(event, field, Address::v4(reader.take(4).first<4>()));
}

}  // namespace

void Reporter::dhcp(const Passage& at, const DhcpMessage& message) noexcept {
  if (record_ != Record::all && !sightings_->wanted()) return;
  EventWriter event{buffer_};
  event.begin(sender_header(EventType::dhcp, at));
  tunnel_fields(event, at.flow, at.way);
  event.integer(Field::dhcp_reply, message.reply ? 1 : 0);
  event.integer(Field::dhcp_id, message.id);
  if (message.type != 0) event.integer(Field::dhcp_type, message.type);
  put(event, Field::dhcp_hardware_address, as_text(message.hardware_address));
  put_some(event, Field::dhcp_client_ip, message.client);
  put_some(event, Field::dhcp_assigned_ip, message.assigned);
  put_some(event, Field::dhcp_relay_ip, message.relay);
  put(event, Field::dhcp_requested_ip, message.requested);
  put(event, Field::dhcp_server_ip, message.server);
  put(event, Field::dhcp_subnet_mask, message.subnet_mask);
  if (message.lease_seconds != 0) event.integer(Field::dhcp_lease_time, message.lease_seconds);
  put(event, Field::dhcp_host_name, message.host_name);
  put(event, Field::dhcp_vendor_class, message.vendor_class);
  put(event, Field::dhcp_client_id, as_text(message.client_id));
  put(event, Field::dhcp_parameters, as_text(message.parameters));
  put_each(event, Field::dhcp_dns_server, message.dns_servers);
  put_each(event, Field::dhcp_router, message.routers);
  tell(event, EventType::dhcp, at);
}

}  // namespace sluice
