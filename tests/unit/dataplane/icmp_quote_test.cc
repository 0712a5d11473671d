// Errors of ICMP with what they quote, as scapy 2.5 writes them.
#include "dataplane/packet/icmp_quote.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/hex.hh"
#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// Ethernet. The flow is 192.168.1.10:5000 -> 198.51.100.7:9, UDP, "EVIL"; the router is 203.0.113.1.
const std::string time_exceeded =
    "02000000000202000000000108004500003c0001000040017d0ccb007101c0a8010a0b00e10a00000000450000200001000040118edfc0a801"
    "0ac633640713880009000c71b54556494c";
const std::string port_unreachable =
    "02000000000202000000000108004500003c0001000040018ed3c6336407c0a8010a0303e90700000000450000200001000040118edfc0a801"
    "0ac633640713880009000c71b54556494c";
// The same error to 192.168.1.11, which sent nothing of the kind.
const std::string foreign =
    "02000000000202000000000108004500003c0001000040017d0bcb007101c0a8010b0b00e10a00000000450000200001000040118edfc0a801"
    "0ac633640713880009000c71b54556494c";
const std::string cut =
    "0200000000020200000000010800450000320001000040017d16cb007101c0a8010a0b00e17700000000450000200001000040118edfc0a801"
    "0ac63364071388";
const std::string later_piece =
    "0200000000020200000000010800450000380001000040017d10cb007101c0a8010a0b00242b000000004500001c0001000a40118ed9c0a801"
    "0ac63364073132333435363738";
const std::string other_version =
    "02000000000202000000000108004500003c0001000040017d0ccb007101c0a8010a0b00c10a00000000650000200001000040118edfc0a801"
    "0ac633640713880009000c71b54556494c";
// 2001:db8::10 -> 2001:db8:1::7, the same ports; quoted behind hop-by-hop and destination options, and a first
// fragment.
const std::string flow_v6 =
    "02000000000202000000000186dd60000000000c114020010db800000000000000000000001020010db8000100000000000000000007138800"
    "09000c02194556494c";
const std::string too_big =
    "02000000000202000000000186dd60000000004c3a4020010db8000f0000000000000000000120010db80000000000000000000000100200ed"
    "9f0000050060000000001c004020010db800000000000000000000001020010db80001000000000000000000073c0001040000000011000104"
    "0000000013880009000c02194556494c";
const std::string first_piece =
    "02000000000202000000000186dd6000000000443a4020010db8000f0000000000000000000120010db8000000000000000000000010010405"
    "ac000000006000000000142c4020010db800000000000000000000001020010db8000100000000000000000007110000010000000713880009"
    "000c02194556494c";
// 192.168.1.10 -> 198.51.100.7: a request for an echo, and what a router says of it.
const std::string echo = "02000000000202000000000108004500001f0001000040018ef0c0a8010ac63364070800339b00010001616263";
const std::string echo_exceeded =
    "02000000000202000000000108004500003b0001000040017d0dcb007101c0a8010a0b00f4ff000000004500001f0001000040018ef0c0a801"
    "0ac63364070800339b00010001616263";

const auto question = ends("192.168.1.10", 5000, "198.51.100.7", 9);
const Frame evil = udp_frame(question, as_bytes("EVIL"));

constexpr std::size_t ethernet = 14, ipv4 = 20, ipv6 = 40;

std::vector<std::uint8_t> message_of(const std::string& hex, bool is_v6) {
  const auto frame = unhex(hex);
  return {frame.begin() + static_cast<std::ptrdiff_t>(ethernet + (is_v6 ? ipv6 : ipv4)), frame.end()};
}

// One event as "PACKET alert PROTOCOL SOURCE>DESTINATION of SOURCE:PORT", "PACKET drop CAUSE", "flow PROTOCOL PACKETS".
std::vector<std::string> said(PipelineRun& run) {
  std::vector<std::string> lines;
  run.each_event([&](const Event& event) {
    const auto& header = event.header();
    const auto packet = std::to_string(header.packet);
    const auto protocol = std::to_string(header.ip_protocol);
    if (header.type == EventType::alert) {
      auto line = packet + " alert " + protocol + " " + header.source.text() + ">" + header.destination.text();
      if (const auto flow = event.find(Field::flow_source))
        line += " of " + Address::v6(as_bytes(flow->text()).first<16>()).text() + ":" +
                std::to_string(event.find(Field::flow_source_port)->integer());
      lines.push_back(line);
    } else if (header.type == EventType::drop) {
      lines.push_back(packet + " drop " + std::to_string(event.find(Field::drop_cause)->integer()));
    } else if (header.type == EventType::flow) {
      lines.push_back("flow " + protocol + " " +
                      std::to_string(event.find(Field::flow_packets_to_server)->integer() +
                                     event.find(Field::flow_packets_to_client)->integer()));
    }
  });
  return lines;
}

std::vector<std::string> play(Mode mode, const std::string& rules, const std::vector<Frame>& frames) {
  PipelineRun run{small_options(mode), generation_of_rules(rules)};
  for (const auto& frame : frames) (void)run.send(frame);
  run.pipeline().finish(run.now, run.sent);
  return said(run);
}

void check(const std::vector<std::string>& got, const std::vector<std::string>& expected) {
  BOOST_TEST(got == expected, boost::test_tools::per_element());
}

const std::string harmless = "alert tcp any any -> any any (sid:9;)";

}  // namespace

BOOST_AUTO_TEST_SUITE(icmp_quote)

BOOST_AUTO_TEST_CASE(ends_of_what_is_quoted) {
  for (const auto& [hex, is_v6] :
       {std::pair{time_exceeded, false}, {port_unreachable, false}, {too_big, true}, {first_piece, true}}) {
    const auto message = message_of(hex, is_v6);
    BOOST_TEST(is_icmp_error(message, is_v6));
    const auto quote = parse_icmp_quote(message, is_v6);
    BOOST_REQUIRE(quote.has_value());
    BOOST_TEST(quote->source.text() == (is_v6 ? "2001:db8::10" : "192.168.1.10"));
    BOOST_TEST(quote->destination.text() == (is_v6 ? "2001:db8:1::7" : "198.51.100.7"));
    BOOST_TEST(quote->source_port == 5000);
    BOOST_TEST(quote->destination_port == 9);
    BOOST_TEST(int{quote->protocol} == 17);
  }
  BOOST_TEST(!is_icmp_error(message_of(echo, false), false));
  BOOST_TEST(!is_icmp_error({}, false));
}

BOOST_AUTO_TEST_CASE(quotes_that_name_no_flow_have_a_reason) {
  const auto error = [](const std::string& hex) { return parse_icmp_quote(message_of(hex, false), false).error(); };
  BOOST_TEST((error(cut) == IcmpQuoteError::truncated));
  BOOST_TEST((error(later_piece) == IcmpQuoteError::fragment));
  BOOST_TEST((error(other_version) == IcmpQuoteError::header));
  // Every start of a quote is one, or is refused.
  for (const auto& [hex, is_v6] : {std::pair{time_exceeded, false}, {too_big, true}, {first_piece, true}}) {
    const auto message = message_of(hex, is_v6);
    const auto ports_end = message.size() - 4 - 4;  // "EVIL", length and checksum
    for (std::size_t size = 0; size < message.size(); ++size)
      BOOST_TEST(parse_icmp_quote(Bytes{message}.first(size), is_v6).has_value() == (size >= ports_end), hex << size);
  }
  // Options behind options without end.
  auto message = message_of(too_big, true);
  message.resize(8 + ipv6);
  message[8 + 6] = 60;
  for (int i = 0; i < 12; ++i) message.insert(message.end(), {60, 0, 1, 4, 0, 0, 0, 0});
  BOOST_TEST((parse_icmp_quote(message, true).error() == IcmpQuoteError::header));
}

BOOST_AUTO_TEST_CASE(an_error_about_a_dropped_flow_is_dropped_with_it) {
  const std::string rule = "drop ip 192.168.1.10 any -> any any (sid:1;)";
  for (const auto& error : {time_exceeded, port_unreachable})
    check(play(Mode::enforce, rule, {evil, unhex(error)}),
          {"1 alert 17 192.168.1.10>198.51.100.7", "1 drop 0", "2 drop 1", "flow 17 1"});
  check(play(Mode::monitor, rule, {evil, unhex(time_exceeded)}), {"1 alert 17 192.168.1.10>198.51.100.7", "flow 17 1"});
  // Of nobody's flow it is one of its own.
  check(play(Mode::enforce, harmless, {unhex(time_exceeded)}), {"flow 1 1"});
}

BOOST_AUTO_TEST_CASE(rules_see_an_error_with_the_flow_that_it_is_about) {
  const std::string rule =
      "alert icmp any any -> any any (itype:11; flowbits:isset,seen; sid:1;)\n"
      "alert udp any any -> any any (dsize:4; flowbits:set,seen; noalert; sid:2;)";
  check(play(Mode::monitor, rule, {evil, unhex(time_exceeded)}),
        {"2 alert 1 192.168.1.10>203.0.113.1 of 192.168.1.10:5000", "flow 17 1"});
  check(play(Mode::monitor, "alert icmp any any -> any any (icode:0; sid:1;)", {unhex(flow_v6), unhex(too_big)}),
        {"2 alert 58 2001:db8::10>2001:db8:f::1 of 2001:db8::10:5000", "flow 17 1"});
  check(play(Mode::monitor, harmless, {unhex(echo), unhex(echo_exceeded)}), {"flow 1 1"});
}

BOOST_AUTO_TEST_CASE(what_a_rule_says_of_an_error_is_of_that_packet) {
  check(play(Mode::enforce, "drop icmp any any -> any any (itype:11; sid:1;)", {evil, unhex(time_exceeded), evil}),
        {"2 alert 1 192.168.1.10>203.0.113.1 of 192.168.1.10:5000", "2 drop 0", "flow 17 2"});
  check(play(Mode::enforce,
             "pass icmp any any -> any any (sid:1;)\ndrop udp any any -> any any (content:\"EVIL\"; sid:2;)",
             {udp_frame(question, as_bytes("harmless")), unhex(time_exceeded), evil}),
        {"3 alert 17 192.168.1.10>198.51.100.7", "3 drop 0", "flow 17 2"});
}

BOOST_AUTO_TEST_CASE(a_forged_error_keeps_no_flow_alive_and_is_counted) {
  PipelineRun run{small_options(), generation_of_rules(harmless)};
  (void)run.send(evil);
  for (int i = 0; i < 4; ++i) {
    run.wait(std::chrono::seconds{9});
    (void)run.send(unhex(time_exceeded));
  }
  run.pipeline().housekeep(run.now, run.sent);
  check(said(run), {"flow 17 1"});  // over after 30 s, whatever was said of it
  BOOST_TEST(run.pipeline().counters().icmp_quotes_refused.sum() == 0U);
  for (const auto& hostile : {foreign, cut, later_piece, other_version}) (void)run.send(unhex(hostile));
  for (const auto reason :
       {IcmpQuoteError::foreign, IcmpQuoteError::truncated, IcmpQuoteError::fragment, IcmpQuoteError::header})
    BOOST_TEST(run.pipeline().counters().icmp_quotes_refused[reason] == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
