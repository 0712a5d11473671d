#include <boost/test/unit_test.hpp>

#include "rules/signatures/signature_number.hh"
#include "signature_texts.hh"

using namespace signature_texts;
using namespace sluice;

namespace {

SignatureCondition condition(std::string_view option) {
  const auto signature = one(with_options(option, "ip"));
  BOOST_REQUIRE_EQUAL(signature.conditions.size(), 1U);
  return signature.conditions.front();
}

bool holds(std::string_view text, std::uint64_t value) {
  const auto number = compared_number(text, 255);
  BOOST_REQUIRE_MESSAGE(number.has_value(), text);
  return number->holds(value);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signature_conditions)

// https://docs.suricata.io, "Integer keywords": ranges are without their ends.
BOOST_AUTO_TEST_CASE(numbers_are_compared_as_they_are_written) {
  BOOST_TEST((holds("5", 5) && !holds("5", 6) && holds("=5", 5) && holds("0x1f", 31)));
  BOOST_TEST((holds("!5", 6) && !holds("!5", 5) && holds("!=5", 6)));
  BOOST_TEST(
      (holds("<5", 4) && !holds("<5", 5) && holds("<=5", 5) && holds(">5", 6) && !holds(">5", 5) && holds(">=5", 5)));
  BOOST_TEST((holds("5<>9", 6) && !holds("5<>9", 5) && !holds("5-9", 9) && holds(" 5 - 9 ", 8)));
  BOOST_TEST((holds("!5-9", 5) && holds("!5-9", 9) && !holds("!5-9", 7)));
  for (const char* text : {"", "x", "256", "5<>5", "5-6", "9-5", "<", "-5", "5 6"})
    BOOST_TEST(!compared_number(text, 255).has_value(), text);
}

BOOST_AUTO_TEST_CASE(flags_have_modifiers_and_a_mask) {
  BOOST_TEST(condition("flags:S;").first == 0x02U);
  BOOST_TEST((condition("flags:SA;").comparison == Comparison::equal));
  BOOST_TEST((condition("flags:+SA;").comparison == Comparison::all_bits));
  BOOST_TEST((condition("flags:FPU*;").comparison == Comparison::any_bit));
  BOOST_TEST((condition("flags:!R;").comparison == Comparison::not_all_bits));
  const auto masked = condition("flags:S,CE;");
  BOOST_TEST((masked.first == 0x02U && masked.second == 0x3fU));
  BOOST_TEST(condition("tcp.flags:0;").first == 0U);
  expect_errors(with_options("flags:Z;"), {"t:1:54: flags:Z: write letters"});
}

BOOST_AUTO_TEST_CASE(each_keyword_is_its_kind) {
  const std::vector<std::pair<std::string, ConditionKind>> kinds{
      {"dsize:>5;", ConditionKind::payload_size},
      {"ttl:64;", ConditionKind::ttl},
      {"id:1;", ConditionKind::ip_id},
      {"ip_proto:gre;", ConditionKind::ip_protocol},
      {"itype:8;", ConditionKind::icmp_type},
      {"icode:0;", ConditionKind::icmp_code},
      {"icmp_id:\"300\";", ConditionKind::icmp_id},
      {"icmp_seq:2;", ConditionKind::icmp_sequence},
      {"fragbits:MD+;", ConditionKind::fragment_bits},
      {"fragoffset:>0;", ConditionKind::fragment_offset},
      {"tos:!8;", ConditionKind::type_of_service},
      {"sameip;", ConditionKind::same_address},
      {"ipopts:lsrr;", ConditionKind::ip_options},
      {"seq:0;", ConditionKind::tcp_sequence},
      {"ack:0;", ConditionKind::tcp_acknowledgement},
      {"window:55808;", ConditionKind::tcp_window},
      {"tcp.mss:<536;", ConditionKind::tcp_mss},
      {"flow.age:>3600;", ConditionKind::flow_age},
      {"flow.pkts:toclient,=10;", ConditionKind::flow_packets},
      {"flow.bytes_toserver:>3;", ConditionKind::flow_bytes},
      {"stream_size:client,>,1000;", ConditionKind::stream_size},
      {"app-layer-protocol:!http,final;", ConditionKind::application},
      {"decode-event:ipv4.trunc_pkt;", ConditionKind::decode_event}};
  for (const auto& [option, kind] : kinds) BOOST_TEST((condition(option).kind == kind), option);
}

BOOST_AUTO_TEST_CASE(what_no_packet_can_be_is_refused) {
  expect_errors(with_options("ttl:256;"), {"t:1:52: ttl:256: write a number up to 255"});
  expect_errors(with_options("app-layer-protocol:smb;"), {"t:1:67: app-layer-protocol \"smb\" is not parsed"});
  expect_errors(with_options("decode-event:ipv4.nonsense;"), {"t:1:61: decode-event \"ipv4.nonsense\" is none"});
  expect_errors(with_options("geoip:src,DE;"), {"t:1:48: keyword \"geoip\" is not matched"});
  expect_errors(with_options("tag:session,5,packets;"), {"t:1:48: keyword \"tag\" is not matched"});
}

BOOST_AUTO_TEST_CASE(state_is_set_and_asked_for) {
  const auto set = condition("flowbits:set,a.b;");
  BOOST_TEST((set.is_effect() && set.names == std::vector<std::string>{"a.b"}));
  const auto asked = condition("flowbits:isset,a|b;");
  BOOST_TEST((!asked.is_effect() && asked.names.size() == 2));
  expect_errors(with_options("flowbits:set,a|b;"), {"t:1:57: flowbits:set,a|b: write names"});
  BOOST_TEST(one(with_options("flowbits:noalert;")).silent);
  const auto counted = condition("flowint:hits,+,1;");
  BOOST_TEST((counted.is_effect() && counted.first == 1U));
  BOOST_TEST((condition("flowint:hits,>=,3;").comparison == Comparison::at_least));
  BOOST_TEST(condition("flowint:hits,==,other;").names.size() == 2U);
  const auto host = condition("xbits:set,seen,track ip_pair,expire 90;");
  BOOST_TEST((host.first == 90U && host.track == static_cast<std::uint8_t>(HostTrack::pair)));
}

BOOST_AUTO_TEST_CASE(thresholds_are_read_whole) {
  const auto threshold = one(with_options("threshold:type both, track by_src, count 5, seconds 60;")).threshold;
  BOOST_TEST((threshold.kind == SignatureThreshold::Kind::both && threshold.count == 5U && threshold.seconds == 60U));
  const auto filter =
      one(with_options("detection_filter:track by_dst, count 3, seconds 10, unique_on dst_port;")).threshold;
  BOOST_TEST((filter.kind == SignatureThreshold::Kind::filter &&
              filter.unique == SignatureThreshold::Unique::destination_port));
  expect_errors(with_options("threshold:type limit, track by_src, count 5;"), {"t:1:58: threshold: "});
  expect_errors(with_options("threshold:type limit, track by_src, count 1, seconds 1; "
                             "detection_filter:track by_src, count 1, seconds 1;"),
                {"t:1:104: a second threshold"});
}

BOOST_AUTO_TEST_CASE(what_a_rule_requires_is_held_to_suricata_8) {
  (void)one(with_options("requires:version >= 7.0.4 < 9;"));
  (void)one(with_options("requires:version < 6 | >= 8.0.0;"));
  expect_errors(with_options("requires:version >= 9;"), {"t:1:57: requires version >= 9"});
  expect_errors(with_options("requires:feature geoip;"), {"t:1:57: requires feature geoip"});
}

BOOST_AUTO_TEST_SUITE_END()
