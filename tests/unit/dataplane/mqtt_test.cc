#include "dataplane/parsers/mqtt.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/hex.hh"

using namespace sluice;
using test::unhex;

namespace {

// 3.1.1 by scapy 2.5, the others by hand from the standards; what they say is what tshark 4.0 prints of them.
const auto connect_311 = unhex(
    "103c00044d51545404ce003c000a6465762d3030616131310015686f6d652f6465762d3030616131312f737461746500036f66660004616e6e"
    "6100027077");
const auto connect_5 =
    unhex("102d00044d51545405c6007805110000000a0004646576350201010003742f3500036279650004616e6e6100027077");
const auto connect_31 = unhex("101100064d51497364700302001e00036f6c64");

}  // namespace

BOOST_AUTO_TEST_SUITE(mqtt)

BOOST_AUTO_TEST_CASE(a_device_names_itself) {
  const auto read = parse_mqtt_connect(connect_311);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->protocol == "MQTT");
  BOOST_TEST(read->version == 4);
  BOOST_TEST(read->flags == 0xce);
  BOOST_TEST(read->keep_alive == 60);
  BOOST_TEST(read->client_id == "dev-00aa11");
  BOOST_TEST(read->will_topic == "home/dev-00aa11/state");
  BOOST_TEST(read->user_name == "anna");
}

BOOST_AUTO_TEST_CASE(properties_of_5_are_passed_over) {
  const auto read = parse_mqtt_connect(connect_5);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->version == 5);
  BOOST_TEST(read->keep_alive == 120);
  BOOST_TEST(read->client_id == "dev5");
  BOOST_TEST(read->will_topic == "t/5");
  BOOST_TEST(read->user_name == "anna");
}

BOOST_AUTO_TEST_CASE(the_old_name) {
  auto bytes = connect_31;
  const auto read = parse_mqtt_connect(bytes);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->protocol == "MQIsdp");
  BOOST_TEST(read->version == 3);
  BOOST_TEST(read->keep_alive == 30);
  BOOST_TEST(read->client_id == "old");
  BOOST_TEST(read->user_name == "");
  bytes[10] = 0x83;  // a bridge
  BOOST_TEST((probe_mqtt(bytes) == Probe::yes));
  BOOST_TEST(parse_mqtt_connect(bytes)->version == 3);
}

BOOST_AUTO_TEST_CASE(every_prefix_waits) {
  for (const auto& whole : {connect_311, connect_5, connect_31})
    for (std::size_t size = 0; size < whole.size(); ++size) {
      const auto prefix = Bytes{whole}.first(size);
      BOOST_TEST((parse_mqtt_connect(prefix).error() == MqttError::need_more));
      const std::size_t version = whole[3] == 4 ? 9 : 11;  // bytes up to it
      BOOST_TEST((probe_mqtt(prefix) == (size < version ? Probe::maybe : Probe::yes)));
    }
}

BOOST_AUTO_TEST_CASE(what_is_no_connect) {
  for (const auto* const digits : {"30", "11", "10ffffffffff", "100b", "1000", "100500044d515454", "103c00044d515453",
                                   "103c00054d51545404", "103c00044d51545403", "103c00064d514973647004", "47455420"})
    BOOST_TEST((probe_mqtt(unhex(digits)) == Probe::no), digits);
}

BOOST_AUTO_TEST_CASE(lengths_that_contradict) {
  auto bytes = connect_311;
  bytes[13] = 0xff;  // of the client id
  BOOST_TEST((parse_mqtt_connect(bytes).error() == MqttError::malformed));
  bytes = connect_5;
  bytes[12] = 0x7f;  // of the properties
  BOOST_TEST((parse_mqtt_connect(bytes).error() == MqttError::malformed));
  bytes = connect_311;
  bytes[8] = 3;
  BOOST_TEST((parse_mqtt_connect(bytes).error() == MqttError::not_this));
}

BOOST_AUTO_TEST_SUITE_END()
