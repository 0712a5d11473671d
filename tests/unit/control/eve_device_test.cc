#include "control/eve/eve_device.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/unit/event_record.hh"

using namespace sluice;
using nlohmann::json;

namespace {

json object(Record& record, const char* key, const Redactor* redactor = nullptr) {
  Json line = Json::object();
  BOOST_REQUIRE(put_device_object(line, record.event(), redactor));
  BOOST_REQUIRE(line.size() == 1U);
  BOOST_REQUIRE(line.contains(key));
  return json::parse(line[key].dump());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_eve_device)

// Keys as Suricata 8 has them in mqtt.connect, but for keep_alive.
BOOST_AUTO_TEST_CASE(mqtt_connect) {
  Record record{header(EventType::mqtt)};
  record.text(Field::mqtt_protocol, "MQTT").integer(Field::mqtt_version, 5).integer(Field::mqtt_flags, 0x86);
  record.integer(Field::mqtt_keep_alive, 30).text(Field::mqtt_client_id, "Hi There");
  record.text(Field::mqtt_will_topic, "a/b").text(Field::mqtt_user_name, "anna");
  BOOST_TEST(object(record, "mqtt") == json::parse(R"({"connect": {
      "qos": 0, "retain": false, "dup": false, "protocol_string": "MQTT", "protocol_version": 5, "keep_alive": 30,
      "flags": {"username": true, "password": false, "will_retain": false, "will": true, "clean_session": true},
      "client_id": {"kind": "mqtt-client-id", "length": 8}, "username": {"kind": "user-name", "length": 4},
      "will": {"topic": {"kind": "topic", "length": 3}}}})"));
  RedactionKey key{};
  std::fill_n(key.begin(), 20, 0x0b);
  const Redactor redactor{key};
  // RFC 4231 section 4.2 has that key and "Hi There".
  BOOST_TEST(object(record, "mqtt", &redactor)["connect"]["client_id"]["digest"] == "hmac-sha256:b0344c61d8db3853");
}

BOOST_AUTO_TEST_CASE(clocks_and_addresses) {
  Record ntp{header(EventType::ntp)};
  ntp.integer(Field::ntp_version, 4).integer(Field::ntp_mode, 3).integer(Field::ntp_stratum, 1);
  ntp.integer(Field::ntp_reference_id, 0x47505300);
  BOOST_TEST(object(ntp, "ntp") ==
             json::parse(R"({"version": 4, "mode": 3, "stratum": 1, "reference_id": 1196446464})"));
  Record stun{header(EventType::stun)};
  stun.integer(Field::stun_class, 2).integer(Field::stun_method, 3).text(Field::stun_software, "x\xff");
  stun.text(Field::stun_mapped_ip, "192.0.2.1").integer(Field::stun_mapped_port, 5);
  BOOST_TEST(object(stun, "stun") == json::parse(R"({"class": "success", "method": "allocate",
      "software": "x\\xff", "mapped_ip": "192.0.2.1", "mapped_port": 5})"));
  Record unknown{header(EventType::stun)};
  unknown.integer(Field::stun_class, 0).integer(Field::stun_method, 2);
  BOOST_TEST(object(unknown, "stun") == json::parse(R"({"class": "request", "method": "2"})"));
}

BOOST_AUTO_TEST_CASE(one_side_of_ssh) {
  Record record{header(EventType::ssh)};
  record.text(Field::ssh_server_protocol, "2.0").text(Field::ssh_server_software, "OpenSSH_9.2p1");
  BOOST_TEST(object(record, "ssh") ==
             json::parse(R"({"server": {"proto_version": "2.0", "software_version": "OpenSSH_9.2p1"}})"));
}

BOOST_AUTO_TEST_CASE(netbios_status) {
  Record record{header(EventType::netbios)};
  record.integer(Field::netbios_id, 7).integer(Field::netbios_flags, 0x8400).integer(Field::netbios_type, 0x21);
  record.text(Field::netbios_name, "*").integer(Field::netbios_suffix, 0).text(Field::netbios_address, "192.0.2.5");
  record.text(Field::netbios_name, "GROUP").integer(Field::netbios_suffix, 0x1c).integer(Field::netbios_group, 1);
  BOOST_TEST(object(record, "netbios") == json::parse(R"({"id": 7, "type": "response", "operation": "query",
      "rcode": 0, "rrtype": "NBSTAT", "address": "192.0.2.5", "names": [{"name": "*", "suffix": "00"},
      {"name": {"kind": "host-name", "length": 5}, "suffix": "1c", "group": true}]})"));
}

BOOST_AUTO_TEST_CASE(ssdp_names_one_device_alike) {
  RedactionKey key{};
  const Redactor redactor{key};
  Record record{header(EventType::ssdp)};
  record.integer(Field::ssdp_kind, 3).text(Field::ssdp_target, "uuid:7").text(Field::ssdp_usn, "uuid:7::urn:x");
  record.text(Field::ssdp_location, "http://192.0.2.1/");
  const auto ssdp = object(record, "ssdp", &redactor);
  BOOST_TEST(ssdp["type"] == "response");
  BOOST_TEST(ssdp["target"] == ssdp["usn"]);
  BOOST_TEST(ssdp["usn"]["length"] == 6);
  BOOST_TEST(ssdp["location"]["kind"] == "url");
}

// Keys as Suricata 8 has them; hardware addresses have the digest that DHCP's have.
BOOST_AUTO_TEST_CASE(arp_and_neighbours) {
  Record arp{header(EventType::arp)};
  arp.integer(Field::neighbour_kind, 1).text(Field::neighbour_sender_mac, "abcdef");
  arp.text(Field::neighbour_sender, "192.0.2.1").text(Field::neighbour_target_mac, std::string_view{"\0\0\0\0\0\0", 6});
  arp.text(Field::neighbour_target, "192.0.2.2");
  BOOST_TEST(object(arp, "arp") == json::parse(R"({"hw_type": "ethernet", "proto_type": "ipv4", "opcode": "request",
      "src_mac": {"kind": "hardware-address", "length": 6}, "src_ip": "192.0.2.1",
      "dest_mac": {"kind": "hardware-address", "length": 6}, "dest_ip": "192.0.2.2"})"));
  Record router{header(EventType::neighbour_discovery)};
  router.integer(Field::neighbour_kind, 134).integer(Field::router_lifetime, 1800);
  router.text(Field::router_dns_server, "2001:db8::53").text(Field::router_dns_server, "2001:db8::54");
  BOOST_TEST(object(router, "nd") == json::parse(R"({"type": "router-advertisement", "router_lifetime": 1800,
      "dns_servers": ["2001:db8::53", "2001:db8::54"]})"));
}

BOOST_AUTO_TEST_CASE(dhcpv6_reply) {
  Record record{header(EventType::dhcp)};
  record.integer(Field::dhcpv6_type, 7).integer(Field::dhcpv6_id, 1).text(Field::dhcpv6_client_duid, "123");
  record.text(Field::dhcpv6_options, std::string_view{"\0\x17\1\0", 4});
  record.text(Field::dhcpv6_host_name, "annas-phone.example").text(Field::dhcpv6_address, "2001:db8::5");
  record.text(Field::dhcp_dns_server, "2001:db8::53");
  BOOST_TEST(object(record, "dhcpv6") == json::parse(R"({"type": "reply", "id": 1,
      "client_duid": {"kind": "duid", "length": 3}, "params": [23, 256],
      "hostname": {"kind": "host-name", "length": 11}, "addresses": ["2001:db8::5"],
      "dns_servers": ["2001:db8::53"]})"));
  Record ipv4{header(EventType::dhcp)};
  ipv4.integer(Field::dhcp_reply, 1);
  Json line = Json::object();
  BOOST_TEST(!put_device_object(line, ipv4.event(), nullptr));
  BOOST_TEST(line.empty());
}

BOOST_AUTO_TEST_SUITE_END()
