#include "control/eve/eve_packet.hh"

#include <boost/test/unit_test.hpp>

#include "rules/signatures/anomaly.hh"
#include "tests/unit/event_record.hh"

using namespace sluice;
using nlohmann::json;

namespace {

json plain(const Json& object) { return json::parse(object.dump()); }

json anomaly(Anomaly which) {
  Record record{header(EventType::anomaly)};
  record.integer(Field::anomaly, static_cast<std::uint64_t>(which));
  return plain(anomaly_object(record.event()));
}

std::string id_of(std::string_view source, std::uint16_t source_port, std::string_view destination,
                  std::uint16_t destination_port, std::uint8_t protocol) {
  auto at = header(EventType::flow);
  at.ip_protocol = protocol;
  at.source = address(source);
  at.destination = address(destination);
  Record record{at};
  if (protocol == 1) {
    record.integer(Field::icmp_type, source_port).integer(Field::icmp_code, destination_port);
  } else {
    at.source_port = source_port;
    at.destination_port = destination_port;
  }
  return community_id(at, record.event());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_eve_packet)

// Suricata's documentation, "Eve JSON Format", event type anomaly; suricata-verify has the capitals.
BOOST_AUTO_TEST_CASE(anomalies_have_suricatas_names) {
  BOOST_TEST(anomaly(Anomaly::ipv4_trunc_pkt) ==
             json::parse(R"({"type": "decode", "event": "decoder.ipv4.trunc_pkt"})"));
  BOOST_TEST(anomaly(Anomaly::stream_pkt_invalid_timestamp) ==
             json::parse(R"({"type": "stream", "event": "stream.pkt_invalid_timestamp"})"));
  BOOST_TEST(anomaly(Anomaly::http_unable_to_match_response_to_request) ==
             json::parse(R"({"type": "applayer", "event": "UNABLE_TO_MATCH_RESPONSE_TO_REQUEST",
                             "layer": "proto_parser", "app_proto": "http"})"));
  BOOST_TEST(anomaly(Anomaly::dns_invalid_opcode) ==
             json::parse(R"({"type": "applayer", "event": "invalid_opcode", "layer": "proto_parser",
                             "app_proto": "dns"})"));
  BOOST_TEST(anomaly(static_cast<Anomaly>(anomaly_count)) == json::object());
}

// The baseline of the specification (https://github.com/corelight/community-id-spec, baseline_deflt.json).
BOOST_AUTO_TEST_CASE(community_ids_of_the_specification) {
  BOOST_TEST(id_of("128.232.110.120", 34855, "66.35.250.204", 80, 6) == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  BOOST_TEST(id_of("66.35.250.204", 80, "128.232.110.120", 34855, 6) == "1:LQU9qZlK+B5F3KDmev6m5PMibrg=");
  BOOST_TEST(id_of("192.168.1.52", 54585, "8.8.8.8", 53, 17) == "1:d/FP5EW3wiY1vCndhwleRRKHowQ=");
  BOOST_TEST(id_of("192.168.0.89", 8, "192.168.0.1", 0, 1) == "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=");
  BOOST_TEST(id_of("192.0.2.1", 0, "192.0.2.2", 0, 50).empty());
}

BOOST_AUTO_TEST_CASE(a_drop_says_why_and_what_tcp_said) {
  Record record{header(EventType::drop)};
  record.integer(Field::drop_cause, static_cast<std::uint64_t>(DropCause::flow));
  // RFC 9293 section 3.1: ports 1 and 2, numbers 3 and 4, PSH and ACK, window 5, urgent 6.
  constexpr std::string_view tcp{"\0\1\0\2\0\0\0\3\0\0\0\4\x50\x18\0\5\0\0\0\6", 20};
  record.text(Field::transport_header, tcp);
  BOOST_TEST(plain(drop_object(record.event())) ==
             json::parse(R"({"reason": "flow drop", "tcpseq": 3, "tcpack": 4, "tcpwin": 5, "syn": false, "ack": true,
                             "psh": true, "rst": false, "urg": false, "fin": false, "tcpres": 0, "tcpurgp": 6})"));
}

BOOST_AUTO_TEST_CASE(where_a_packet_came_from) {
  const auto source = [](TunnelKind kind, std::string_view outer) {
    Record record{header(EventType::dns)};
    const auto from = address(outer);
    record.text(Field::tunnel_source, {reinterpret_cast<const char*>(from.bytes.data()), from.bytes.size()});
    if (kind != TunnelKind::none) record.integer(Field::tunnel_kind, static_cast<std::uint64_t>(kind));
    return std::string{packet_source_text(record.event())};
  };
  BOOST_TEST(source(TunnelKind::none, "192.0.2.1") == "wire/pcap");
  BOOST_TEST(source(TunnelKind::gre, "192.0.2.1") == "gre tunnel");
  BOOST_TEST(source(TunnelKind::ipv6_in_ip, "192.0.2.1") == "ipv4 tunnel");
  BOOST_TEST(source(TunnelKind::ipv6_in_ip, "2001:db8::1") == "ipv6 tunnel");
  BOOST_TEST(source(TunnelKind::teredo, "192.0.2.1") == "teredo tunnel");
}

BOOST_AUTO_TEST_SUITE_END()
