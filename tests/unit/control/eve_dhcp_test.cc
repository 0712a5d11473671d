#include "control/eve/eve_dhcp.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/unit/event_record.hh"

using namespace sluice;
using nlohmann::json;

BOOST_AUTO_TEST_SUITE(control_eve_dhcp)

// Keys as Suricata 8 has them.
BOOST_AUTO_TEST_CASE(a_request_without_its_identifiers) {
  Record record{header(EventType::dhcp)};
  record.integer(Field::dhcp_reply, 0).integer(Field::dhcp_id, 956560166).integer(Field::dhcp_type, 3);
  record.text(Field::dhcp_hardware_address, {"\x02\x00\x00\x00\x0a\x0b", 6});
  record.text(Field::dhcp_requested_ip, "192.168.1.10").text(Field::dhcp_host_name, "Hi There");
  record.text(Field::dhcp_vendor_class, "android-dhcp-13").text(Field::dhcp_client_id, "1234567");
  record.text(Field::dhcp_parameters, "\x01\x03\x2b");
  BOOST_TEST(json::parse(dhcp_object(record.event(), nullptr).dump()) == json::parse(R"({
      "type": "request", "id": 956560166, "dhcp_type": "request",
      "client_mac": {"kind": "hardware-address", "length": 6}, "requested_ip": "192.168.1.10",
      "hostname": {"kind": "host-name", "length": 8}, "vendor_class_identifier": "android-dhcp-13",
      "client_id": {"kind": "client-id", "length": 7}, "params": [1, 3, 43]})"));
  RedactionKey key{};
  std::fill_n(key.begin(), 20, 0x0b);
  const Redactor redactor{key};
  // RFC 4231 section 4.2 has that key and "Hi There".
  BOOST_TEST(dhcp_object(record.event(), &redactor)["hostname"]["digest"] == "hmac-sha256:b0344c61d8db3853");
}

BOOST_AUTO_TEST_CASE(a_reply) {
  Record record{header(EventType::dhcp)};
  record.integer(Field::dhcp_reply, 1).integer(Field::dhcp_id, 1).integer(Field::dhcp_type, 5);
  record.text(Field::dhcp_assigned_ip, "192.168.1.10").text(Field::dhcp_subnet_mask, "255.255.255.0");
  record.integer(Field::dhcp_lease_time, 3600).text(Field::dhcp_dns_server, "192.168.1.1");
  record.text(Field::dhcp_dns_server, "9.9.9.9").text(Field::dhcp_router, "192.168.1.1");
  BOOST_TEST(json::parse(dhcp_object(record.event(), nullptr).dump()) == json::parse(R"({
      "type": "reply", "id": 1, "dhcp_type": "ack", "assigned_ip": "192.168.1.10", "subnet_mask": "255.255.255.0",
      "lease_time": 3600, "dns_servers": ["192.168.1.1", "9.9.9.9"], "routers": ["192.168.1.1"]})"));
}

BOOST_AUTO_TEST_SUITE_END()
