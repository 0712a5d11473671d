// What ends are told of a rejected packet. Packets and expected frames were written by scapy 2.5.
#include "dataplane/verdict/reply.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/frames.hh"
#include "tests/unit/hex.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// Ethernet, VLAN 20 with priority 3, 192.0.2.10:40000 -> 203.0.113.7:443, seq 1000, ack 5000, PSH and ACK, "GET".
constexpr const char* data =
    "02000000000b02000000000a8100601408004500002b000700003f067db4c000020acb0071079c4001bb000003e80000138850182000410600"
    "00474554";
// Ethernet, the same ends, SYN with seq 0xffffffff.
constexpr const char* syn =
    "02000000000b02000000000a0800450000280001000040067cbdc000020acb0071079c4001bbffffffff0000000050022000f3d40000";
// 192.0.2.10:5000 -> 203.0.113.7:53, "question".
constexpr const char* udp =
    "02000000000b02000000000a080045000024000900003f117daec000020acb007107138800350010333e7175657374696f6e";
// The same between 2001:db8::10 and 2001:db8:1::7.
constexpr const char* udp_v6 =
    "02000000000b02000000000a86dd600000000010113f20010db800000000000000000000001020010db8000100000000000000000007138800"
    "350010d5c67175657374696f6e";
constexpr const char* tcp_v6 =
    "02000000000b02000000000a86dd600000000017063f20010db800000000000000000000001020010db80001000000000000000000079c4001"
    "bb000003e80000138850182000e38e0000474554";

struct Made {
  std::optional<UnansweredReason> reason;
  Frame frame;
  InjectedKind kind{};
};

Made made(const Frame& frame, RejectTarget end, std::optional<std::uint32_t> acknowledged = std::nullopt) {
  Packet packet;
  packet.frame = frame;
  packet.wire_length = static_cast<std::uint32_t>(frame.size());
  (void)decode(packet, nullptr);
  auto reply = std::make_unique<PacketReply>();
  const auto reason = make_reply(packet, end, acknowledged, *reply);
  if (reason) return {reason, {}, {}};
  BOOST_TEST((reply->end == end));
  return {reason, {reply->frame().begin(), reply->frame().end()}, reply->kind};
}

void check(const Made& made, InjectedKind kind, const char* expected) {
  BOOST_REQUIRE(!made.reason);
  BOOST_TEST((made.kind == kind));
  BOOST_TEST(made.frame == unhex(expected), boost::test_tools::per_element());
}

bool is_kind(const Made& made) { return made.reason == UnansweredReason::kind; }

}  // namespace

BOOST_AUTO_TEST_SUITE(reply)

BOOST_AUTO_TEST_CASE(a_reset_stands_where_either_end_takes_it) {
  const auto segment = unhex(data);
  check(made(segment, RejectTarget::source), InjectedKind::tcp_reset,
        "02000000000a02000000000b810060140800450000280000400040063cbecb007107c000020a01bb9c40000013880000000050040000"
        "004b00000000");
  check(made(segment, RejectTarget::destination), InjectedKind::tcp_reset,
        "02000000000b02000000000a810060140800450000280000400040063cbec000020acb0071079c4001bb000003e80000138850140000"
        "fc5200000000");
  // Part of it came before: the receiver waits for 1002.
  check(made(segment, RejectTarget::destination, 1002), InjectedKind::tcp_reset,
        "02000000000b02000000000a810060140800450000280000400040063cbec000020acb0071079c4001bb000003ea0000138850140000"
        "fc5000000000");
  check(made(segment, RejectTarget::destination, 900), InjectedKind::tcp_reset,
        "02000000000b02000000000a810060140800450000280000400040063cbec000020acb0071079c4001bb000003e80000138850140000"
        "fc5200000000");
  check(made(unhex(tcp_v6), RejectTarget::source), InjectedKind::tcp_reset,
        "02000000000a02000000000b86dd6000000000140640"
        "20010db800010000000000000000000720010db800000000000000000000001001bb9c40000013880000000050040000a2d30000");
}

BOOST_AUTO_TEST_CASE(a_connection_that_is_asked_for_is_refused) {
  check(made(unhex(syn), RejectTarget::source), InjectedKind::tcp_reset,
        "02000000000a02000000000b0800450000280000400040063cbecb007107c000020a01bb9c4000000000000000005014000013c30000"
        "000000000000");
  BOOST_TEST(is_kind(made(unhex(syn), RejectTarget::destination)));
}

BOOST_AUTO_TEST_CASE(a_datagram_is_answered_by_an_error_that_quotes_what_the_end_has_sent) {
  check(made(unhex(udp), RejectTarget::source), InjectedKind::icmp_prohibited,
        "02000000000a02000000000b080045c000400000400040013bebcb007107c000020a030dfb260000000045000024000900003f117daec0"
        "00020acb007107138800350010333e7175657374696f6e");
  check(made(unhex(udp), RejectTarget::destination), InjectedKind::icmp_prohibited,
        "02000000000b02000000000a080045c000380000400040013bf3c000020acb007107030db5e700000000450000240000400040113cb7cb"
        "007107c000020a003513880010333e");
  check(made(unhex(udp_v6), RejectTarget::source), InjectedKind::icmpv6_prohibited,
        "02000000000a02000000000b86dd6000000000403a4020010db800010000000000000000000720010db8000000000000000000000010"
        "010131cc00000000600000000010113f20010db800000000000000000000001020010db8000100000000000000000007138800350010"
        "d5c67175657374696f6e");
}

BOOST_AUTO_TEST_CASE(an_error_is_no_larger_than_its_standard_has_it) {
  const auto at = ends("192.0.2.10", 5000, "203.0.113.7", 53);
  const auto large = udp_frame(at, Frame(1400, 'x'));
  BOOST_TEST(made(large, RejectTarget::source).frame.size() == 14U + 576);
  const auto v6 = ends("2001:db8::10", 5000, "2001:db8:1::7", 53);
  BOOST_TEST(made(udp_frame(v6, Frame(1400, 'x')), RejectTarget::source).frame.size() == 14U + 1280);
  BOOST_TEST(made(udp_frame(v6, Frame(1400, 'x')), RejectTarget::destination).frame.size() == 14U + 40 + 8 + 40 + 8);
}

BOOST_AUTO_TEST_CASE(what_nothing_answers) {
  const auto host = [](const char* source, const char* destination) {
    return made(udp_frame(ends(source, 5000, destination, 53), as_bytes("x")), RejectTarget::source);
  };
  BOOST_TEST(!host("192.0.2.10", "203.0.113.7").reason);
  for (const auto* const address : {"224.0.0.251", "255.255.255.255", "0.0.0.0", "127.0.0.1"}) {
    BOOST_TEST(is_kind(host("192.0.2.10", address)));
    BOOST_TEST(is_kind(host(address, "192.0.2.10")));
  }
  for (const auto* const address : {"ff02::fb", "::", "::1"}) {
    BOOST_TEST(is_kind(host("2001:db8::10", address)));
    BOOST_TEST(is_kind(host(address, "2001:db8::10")));
  }
  auto to_many = unhex(udp);
  to_many[0] |= 1;  // a group of the link
  BOOST_TEST(is_kind(made(to_many, RejectTarget::source)));

  const auto at = ends("192.0.2.10", 40000, "203.0.113.7", 443);
  for (const auto end : {RejectTarget::source, RejectTarget::destination})
    BOOST_TEST(is_kind(made(tcp_frame(at, 1000, 0, tcp_flag::rst), end)));
  const auto icmp = [&](std::uint8_t type, std::uint8_t protocol, const Ends& between) {
    return made(ip_frame(between, protocol, Frame{type, 0, 0, 0, 0, 0, 0, 0}), RejectTarget::source);
  };
  BOOST_TEST(!icmp(8, ip_protocol::icmp, at).reason);
  for (const std::uint8_t type : {3, 4, 5, 11, 12}) BOOST_TEST(is_kind(icmp(type, ip_protocol::icmp, at)));
  const auto v6 = ends("2001:db8::10", 0, "2001:db8:1::7", 0);
  BOOST_TEST(!icmp(128, ip_protocol::icmp_v6, v6).reason);
  for (const std::uint8_t type : {1, 2, 3, 4, 137}) BOOST_TEST(is_kind(icmp(type, ip_protocol::icmp_v6, v6)));
  BOOST_TEST(is_kind(made(ip_frame(at, ip_protocol::sctp, Frame(16)), RejectTarget::source)));
}

BOOST_AUTO_TEST_CASE(what_lies_around_it_may_not_be_turned_around) {
  const auto is_encapsulated = [](const Frame& frame) {
    return made(frame, RejectTarget::source).reason == UnansweredReason::encapsulation;
  };
  const auto inner = unhex(udp);
  Frame mpls(inner.begin(), inner.begin() + 12);
  put16(mpls, 0x8847);
  put32(mpls, 0x00010140);  // label 16, the last one
  mpls.insert(mpls.end(), inner.begin() + 14, inner.end());
  BOOST_TEST(is_encapsulated(mpls));
  const auto in_ip = ip_frame(ends("192.0.2.1", 0, "192.0.2.2", 0), 4, Bytes{inner}.subspan(14));
  BOOST_TEST(is_encapsulated(in_ip));
  Frame tagged(inner.begin(), inner.begin() + 12);
  for (int i = 0; i < 4; ++i) put32(tagged, 0x81000014);
  tagged.insert(tagged.end(), inner.begin() + 12, inner.end());
  BOOST_TEST(!made(tagged, RejectTarget::source).reason);
  tagged.insert(tagged.begin() + 12, {0x81, 0x00, 0x00, 0x14});
  BOOST_TEST(is_encapsulated(tagged));
  BOOST_TEST(is_encapsulated(Frame(60)));
}

BOOST_AUTO_TEST_CASE(no_more_than_so_many_a_second) {
  const auto frame = unhex(udp);
  Packet packet;
  packet.frame = frame;
  packet.wire_length = static_cast<std::uint32_t>(frame.size());
  packet.time = tick_from_nanoseconds(1'700'000'000'000'000'000);
  BOOST_REQUIRE(decode(packet, nullptr));
  packet.reject = RejectTarget::both;
  PacketReplies replies{1};
  Unanswered unanswered;
  std::size_t told = 0;
  const auto tell = [&](int times) {
    for (int i = 0; i < times; ++i) {
      replies.begin_burst();
      replies.tell(packet, 0, std::nullopt, {}, unanswered);
      told += replies.made().size();
    }
  };
  tell(600);
  BOOST_TEST(told == 1024U);
  BOOST_TEST(unanswered[UnansweredReason::rate] == 1200U - 1024U);
  packet.time += std::chrono::seconds{1};
  tell(1);
  BOOST_TEST(told == 1026U);
}

BOOST_AUTO_TEST_SUITE_END()
