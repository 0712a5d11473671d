// What look-ups are answered with in the place of their server. Packets and expected frames were written by scapy 2.5.
#include "dataplane/verdict/dns_answer.hh"

#include <boost/test/unit_test.hpp>
#include <memory>
#include <string>

#include "dataplane/dns/dns.hh"
#include "dataplane/packet/decoder.hh"
#include "tests/unit/frames.hh"
#include "tests/unit/hex.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// 192.0.2.10:5000 asks 203.0.113.7 for the address of a.example; Ethernet.
constexpr const char* query =
    "02000000000b02000000000a0800450000370001000040117ca3c000020acb0071071388003500237da6123401000001000000000000016107"
    "65"
    "78616d706c650000010001";
// The same with an OPT record that says "DNSSEC OK".
constexpr const char* with_opt =
    "02000000000b02000000000a0800450000420001000040117c98c000020acb00710713880035002eed65123401000001000000000001016107"
    "65"
    "78616d706c6500000100010000291000000080000000";
// 2001:db8::10 asks 2001:db8:1::7 for the IPv6 address.
constexpr const char* query_v6 =
    "02000000000b02000000000a86dd600000000023114020010db800000000000000000000001020010db80001000000000000000000071388"
    "0035002305"
    "2f1234010000010000000000000161076578616d706c6500001c0001";
const Sinkhole both{Address::parse("192.0.2.99"), Address::parse("2001:db8::99")};

struct Made {
  std::optional<UnansweredReason> reason;
  Frame frame;
  RejectTarget end{};
};

Made made(const Frame& frame, DnsAnswer answer, const Sinkhole& sinkhole = both) {
  Packet packet;
  packet.frame = frame;
  packet.wire_length = static_cast<std::uint32_t>(frame.size());
  BOOST_REQUIRE(decode(packet, nullptr));
  auto reply = std::make_unique<PacketReply>();
  const auto reason = make_dns_answer(packet, answer, sinkhole, *reply);
  if (reason) return {reason, {}, {}};
  BOOST_TEST((reply->kind == InjectedKind::dns_answer));
  return {reason, {reply->frame().begin(), reply->frame().end()}, reply->end};
}

void check(const Made& made, const char* expected) {
  BOOST_REQUIRE(!made.reason);
  BOOST_TEST((made.end == RejectTarget::source));
  BOOST_TEST(made.frame == unhex(expected), boost::test_tools::per_element());
}

Frame asking(const std::string& message) {
  return udp_frame(ends("192.0.2.10", 5000, "203.0.113.7", 53), as_bytes(message));
}
std::string message(const std::string& flags, const std::string& counts, const std::string& rest) {
  return std::string("\x12\x34", 2) + flags + counts + rest;
}
const std::string one_question("\0\1\0\0\0\0\0\0", 8);
const std::string a_example("\1a\7example\0\0\1\0\1", 15);

}  // namespace

BOOST_AUTO_TEST_SUITE(dns_answer)

BOOST_AUTO_TEST_CASE(no_such_name) {
  check(made(unhex(query), DnsAnswer::nxdomain),
        "02000000000a02000000000b0800450000370000400040113ca4cb007107c000020a003513880023fd2212348183000100000000000001"
        "6107"
        "6578616d706c650000010001");
}

BOOST_AUTO_TEST_CASE(the_addresses_of_the_site_and_why) {
  check(made(unhex(with_opt), DnsAnswer::sinkhole),
        "02000000000a02000000000b0800450000580000400040113c83cb007107c000020a003513880044c54a12348180000100010000000101"
        "6107"
        "6578616d706c650000010001c00c000100010000003c0004c000026300002904d0000080000006000f00020004");
  check(made(unhex(query_v6), DnsAnswer::sinkhole),
        "02000000000a02000000000b86dd60000000003f114020010db800010000000000000000000720010db800000000000000000000001000"
        "3513"
        "88003fbc861234818000010001000000000161076578616d706c6500001c0001c00c001c00010000003c001020010db800000000000000"
        "000"
        "0000099");
}

BOOST_AUTO_TEST_CASE(nothing_of_that_type) {
  constexpr const char* none =
      "02000000000a02000000000b0800450000480000400040113c93cb007107c000020a003513880034"
      "77e31234818000010000000000010161076578616d706c65000001000100002904d0000080000006000f0002000f";
  check(made(unhex(with_opt), DnsAnswer::nodata), none);
  check(made(unhex(with_opt), DnsAnswer::sinkhole, {std::nullopt, both.v6}), none);
}

BOOST_AUTO_TEST_CASE(a_response_is_answered_towards_the_client) {
  const auto frame =
      udp_frame(ends("203.0.113.7", 53, "192.0.2.10", 5000),
                as_bytes(message("\x81\x80", std::string("\0\1\0\1\0\0\0\0", 8),
                                 a_example + std::string("\xc0\x0c\0\1\0\1\0\0\0\11\0\4\xc6\x33\x64\1", 16))));
  const auto answer = made(frame, DnsAnswer::nxdomain);
  BOOST_REQUIRE(!answer.reason);
  BOOST_TEST((answer.end == RejectTarget::destination));
  Packet back;
  back.frame = answer.frame;
  BOOST_REQUIRE(decode(back, nullptr));
  BOOST_TEST((back.source == *Address::parse("203.0.113.7") && back.destination_port == 5000));
  const auto read = parse_dns(back.payload);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->header().rcode() == 3U);
  BOOST_TEST(read->header().answers == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_no_plain_question_is_not_answered) {
  const auto kind = [](const std::string& text) {
    return made(asking(text), DnsAnswer::nxdomain).reason == UnansweredReason::kind;
  };
  BOOST_TEST(!kind(message(std::string("\1\0", 2), one_question, a_example)));
  BOOST_TEST(kind(message(std::string("\x29\0", 2), one_question, a_example)));  // an update
  BOOST_TEST(kind(message(std::string("\1\0", 2), std::string("\0\2\0\0\0\0\0\0", 8), a_example + a_example)));
  BOOST_TEST(kind(message(std::string("\1\0", 2), one_question, a_example.substr(0, 14))));             // cut
  BOOST_TEST(kind(message(std::string("\1\0", 2), one_question, std::string("\xc0\x0c\0\1\0\1", 6))));  // a pointer
  BOOST_TEST(kind(message(std::string("\1\0", 2), one_question, a_example.substr(0, 13) + std::string("\0\3", 2))));
  BOOST_TEST(kind("short"));
  // A name of 255 bytes is the longest.
  std::string name;
  for (int i = 0; i < 3; ++i) name += '\x3f' + std::string(63, 'a');
  const auto ending = std::string("\0\0\1\0\1", 5);
  BOOST_TEST(!kind(message(std::string("\1\0", 2), one_question, name + '\x3d' + std::string(61, 'a') + ending)));
  BOOST_TEST(kind(message(std::string("\1\0", 2), one_question, name + '\x3e' + std::string(62, 'a') + ending)));
  // To a group, or out of a tunnel.
  BOOST_TEST((made(udp_frame(ends("192.0.2.10", 5353, "224.0.0.251", 5353),
                             as_bytes(message(std::string("\1\0", 2), one_question, a_example))),
                   DnsAnswer::nxdomain)
                  .reason == UnansweredReason::kind));
}

BOOST_AUTO_TEST_SUITE_END()
