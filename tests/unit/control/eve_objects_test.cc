#include "control/eve/eve_objects.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "control/eve/eve_http.hh"
#include "tests/unit/event_record.hh"

using namespace sluice;
using nlohmann::json;

namespace {

json plain(const Json& object) { return json::parse(object.dump()); }

json http_host(std::string_view host) {
  Record record{header(EventType::http)};
  record.text(Field::http_host, host);
  return plain(http_object(record.event()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_eve_objects)

// A host name, and what RFC 3986 section 3.2 does not allow after it.
BOOST_AUTO_TEST_CASE(the_host_without_its_port) {
  BOOST_TEST(http_host("Example.NET") == json::parse(R"({"hostname": "example.net"})"));
  BOOST_TEST(http_host("example.net:8080") == json::parse(R"({"hostname": "example.net", "http_port": 8080})"));
  BOOST_TEST(http_host("[::1]") == json::parse(R"({"hostname": "[::1]"})"));
  BOOST_TEST(http_host("[2001:db8::1]:81") == json::parse(R"({"hostname": "[2001:db8::1]", "http_port": 81})"));
  BOOST_TEST(http_host("2001:db8::1") == json::parse(R"({"hostname": "2001:db8::1"})"));
  BOOST_TEST(http_host("example.net:") == json::parse(R"({"hostname": "example.net:"})"));
  BOOST_TEST(http_host("example.net:65536") == json::parse(R"({"hostname": "example.net:65536"})"));
  BOOST_TEST(http_host("example.net:8o") == json::parse(R"({"hostname": "example.net:8o"})"));
  BOOST_TEST(http_host("") == json::parse(R"({"hostname": ""})"));
}

BOOST_AUTO_TEST_CASE(flows_end_in_many_ways) {
  const auto flow = [](FlowEnd reason, FlowState state, std::int64_t start, std::int64_t end) {
    Record record{header(EventType::flow)};
    record.integer(Field::flow_reason, static_cast<std::uint64_t>(reason))
        .integer(Field::flow_state, static_cast<std::uint64_t>(state))
        .integer(Field::flow_start, static_cast<std::uint64_t>(start))
        .integer(Field::flow_end, static_cast<std::uint64_t>(end));
    return plain(flow_object(record.event()));
  };
  const auto timeout = flow(FlowEnd::timeout, FlowState::fresh, 900'000'000, 2'100'000'000);
  BOOST_TEST(timeout["reason"] == "timeout");
  BOOST_TEST(timeout["state"] == "new");
  BOOST_TEST(timeout["age"] == 2);  // Suricata subtracts whole seconds
  BOOST_TEST(flow(FlowEnd::shutdown, FlowState::established, 0, 0)["reason"] == "shutdown");
  BOOST_TEST(flow(FlowEnd::shutdown, FlowState::established, 0, 0)["state"] == "established");
  BOOST_TEST(flow(FlowEnd::evicted, FlowState::closed, 0, 0)["reason"] == "forced");
  BOOST_TEST(flow(FlowEnd::closed, FlowState::closed, 0, 0)["reason"] == "closed");
  BOOST_TEST(flow(FlowEnd::closed, FlowState::closed, 5'000'000'000, 0)["age"] == 0);  // a clock that went back
}

BOOST_AUTO_TEST_CASE(a_push_hello_without_its_identifiers) {
  Record record{header(EventType::xiaomi_push)};
  push_fields(record);
  RedactionKey key{};
  std::fill_n(key.begin(), 20, 0x0b);
  const Redactor redactor{key};
  // RFC 4231 section 4.2 has that key and "Hi There".
  const auto push = plain(xiaomi_push_object(record.event(), &redactor));
  BOOST_TEST(push["device_id"] ==
             json::parse(R"({"kind": "device-id", "length": 8, "digest": "hmac-sha256:b0344c61d8db3853"})"));
  BOOST_TEST(push["network_name"]["kind"] == "network-name");
  BOOST_TEST(plain(xiaomi_push_object(record.event(), nullptr)) ==
             json::parse(R"({"command": "CONN", "server": "push.example:5222", "sdk_version": 41, "model": "PHONE-A1",
                             "build": "V99.0.1.TST", "locale": "de_CH", "api_level": 30, "network_type": "mobile-lte",
                             "device_id": {"kind": "device-id", "length": 8},
                             "network_name": {"kind": "network-name", "length": 11}})"));
}

BOOST_AUTO_TEST_CASE(tcp_flags_as_hex_and_by_name) {
  Record closed{header(EventType::flow)};
  closed.integer(Field::flow_tcp_flags, 0x1b).integer(Field::flow_tcp_flags_to_server, 0x1b);
  closed.integer(Field::flow_tcp_flags_to_client, 0x12);
  closed.integer(Field::tcp_state, static_cast<std::uint64_t>(TcpState::close_wait));
  BOOST_TEST(plain(tcp_object(closed.event())) ==
             json::parse(R"({"tcp_flags": "1b", "tcp_flags_ts": "1b", "tcp_flags_tc": "12", "fin": true, "syn": true,
                             "psh": true, "ack": true, "state": "close_wait"})"));
  Record reset{header(EventType::flow)};
  reset.integer(Field::flow_tcp_flags, 0x04);
  BOOST_TEST(plain(tcp_object(reset.event())) == json::parse(R"({"tcp_flags": "04", "rst": true})"));
}

BOOST_AUTO_TEST_SUITE_END()
