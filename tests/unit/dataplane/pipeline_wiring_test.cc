// What flows and messages show of how a tap is wired.
#include <boost/test/unit_test.hpp>
#include <map>

#include "tests/unit/hex.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

using Signs = std::map<std::string, std::uint64_t>;
constexpr auto syn = tcp_flag::syn;
constexpr auto ack = tcp_flag::ack;

struct Wire {
  explicit Wire(const PipelineOptions& options = small_options()) : run(options) {}

  PipelineRun run;
  std::uint16_t port = 40'000;

  // One frame that came in by the inside port, or the outside one.
  void send(const Frame& frame, bool by_inside, std::uint8_t pair = 0) {
    run.send(frame, [&](Packet& packet) {
      packet.inside = by_inside ? Inside::source : Inside::destination;
      packet.port_pair = pair;
    });
  }
  // A connection that its client, on that side, begins, and that is taken; `acknowledges` is what the client says that
  // it has heard.
  void connect(const char* client, const char* server, bool client_inside, std::uint32_t acknowledges = 7001) {
    const auto at = ends(client, ++port, server, 443);
    send(tcp_frame(at, 1000, 0, syn), client_inside);
    send(tcp_frame(at.reversed(), 7000, 1001, syn | ack), !client_inside);
    send(tcp_frame(at, 1001, acknowledges, ack), client_inside);
    send(tcp_frame(at, 1001, acknowledges, ack), client_inside);
  }
  // Of a pair; those that counted something.
  [[nodiscard]] Signs signs(std::size_t pair = 0) {
    Signs found;
    for (std::size_t i = 0; i < wiring_sign_names.size(); ++i)
      if (const auto count = run.pipeline().wiring()[pair].values[i]; count != 0)
        found[std::string{wiring_sign_names[i]}] = count;
    return found;
  }
};

std::string text_of(const Signs& signs) {
  std::string text;
  for (const auto& [name, count] : signs) text += name + "=" + std::to_string(count) + " ";
  return text;
}
void is(Wire& wire, const std::string& expected, std::size_t pair = 0) {
  BOOST_TEST(text_of(wire.signs(pair)) == expected);
}

// dhcp_test.cc and dhcpv6_test.cc have them whole. `relay`: giaddr.
Frame dhcp(std::uint8_t operation, std::uint8_t relay = 0) {
  auto bytes = unhex("010106003903f3260000800000000000000000000000000000000000020000000a0b");
  bytes.resize(236);
  bytes[0] = operation;
  bytes[27] = relay;
  put(bytes, unhex("638253633501033d0701020000000a0b0c0b616e6e61732d70686f6e65ff"));
  return bytes;
}
Frame dhcpv6(std::uint8_t type) {
  auto bytes = unhex("0110874b0001000e0001000101234567020000000a0b000600060017001800270008000200000014000000190000");
  bytes[0] = type;
  return bytes;
}
// RFC 4861 section 4.2, without options.
Frame router_advertisement(const char* router, std::uint8_t hop_limit) {
  auto frame = ip_frame(ends(router, 0, "ff02::1", 0), ip_protocol::icmp_v6, unhex("86000000400007080000000000000000"));
  frame[14 + 7] = hop_limit;
  return frame;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pipeline_wiring)

BOOST_AUTO_TEST_CASE(a_connection_of_a_private_address_counts_by_the_side_that_it_began_on_and_once) {
  Wire wire;
  wire.connect("192.168.1.10", "198.51.100.7", true);
  is(wire, "asked=1 connected=1 private_inside=1 ");
  wire.connect("192.168.1.10", "203.0.113.7", false);
  is(wire, "asked=1 connected=2 private_inside=1 private_outside=1 ");
}

BOOST_AUTO_TEST_CASE(a_host_that_looks_after_one_network_counts_once) {
  Wire wire;
  for (const auto* server : {"198.51.100.7", "198.51.100.8", "198.51.7.9"}) wire.connect("10.0.0.5", server, false);
  is(wire, "connected=3 private_outside=1 ");
  for (const auto* server : {"203.0.113.7", "198.51.100.7"}) wire.connect("10.0.0.5", server, false);
  is(wire, "connected=5 private_outside=3 ");
}

BOOST_AUTO_TEST_CASE(between_two_public_or_two_private_addresses_no_side_is_told) {
  Wire wire;
  wire.connect("203.0.113.5", "198.51.100.7", true);
  wire.connect("198.51.100.7", "203.0.113.5", false);
  wire.connect("192.168.1.10", "10.0.0.1", true);
  wire.connect("100.64.0.9", "10.0.0.1", false);
  wire.connect("198.51.100.7", "192.168.1.10", false);  // to a server of ours
  wire.connect("2001:db8::5", "2001:db8:1::7", true);
  is(wire, "asked=3 connected=6 public_pair=2 ");
}

BOOST_AUTO_TEST_CASE(who_cannot_know_what_the_other_end_chose_is_not_believed) {
  Wire wire;
  for (int i = 0; i < 20; ++i) wire.connect("10.0.0.5", i % 2 == 0 ? "198.51.100.7" : "203.0.113.7", false, 4711);
  is(wire, "");
}

BOOST_AUTO_TEST_CASE(an_end_that_goes_on_has_heard_one_that_we_have_not) {
  Wire wire;
  const auto at = ends("192.168.1.10", 40'000, "198.51.100.7", 443);
  wire.send(tcp_frame(at, 1000, 0, syn), true);
  wire.send(tcp_frame(at, 1000, 0, syn), true);
  is(wire, "asked=1 ");
  for (int i = 0; i < 3; ++i) wire.send(tcp_frame(at, 1001, 7001, ack), true);
  is(wire, "asked=1 unheard_outside=1 ");
}

BOOST_AUTO_TEST_CASE(so_has_one_that_answered_and_goes_on) {
  Wire wire;
  const auto at = ends("192.168.1.10", 40'000, "198.51.100.7", 443);
  wire.send(tcp_frame(at.reversed(), 7000, 1001, syn | ack), false);
  wire.send(tcp_frame(at.reversed(), 7000, 1001, syn | ack), false);
  is(wire, "");
  for (int i = 0; i < 3; ++i) wire.send(tcp_frame(at.reversed(), 7001, 1501, ack), false);
  is(wire, "unheard_inside=1 ");
}

BOOST_AUTO_TEST_CASE(scans_refusals_and_what_comes_late_say_nothing) {
  Wire wire;
  for (int i = 0; i < 20; ++i)  // never answered
    wire.send(tcp_frame(ends("198.51.100.7", 50'000 + i, "192.168.1.10", 22), 1000, 0, syn), false);
  const auto refused = ends("198.51.100.7", 60'000, "192.168.1.10", 22);
  wire.send(tcp_frame(refused, 1000, 0, syn), false);
  wire.send(tcp_frame(refused.reversed(), 0, 1001, tcp_flag::rst | ack), true);
  const auto gone = ends("198.51.100.7", 443, "192.168.1.10", 41'000);  // a server tries again after the phone left
  for (int i = 0; i < 5; ++i) wire.send(tcp_frame(gone, 9000, 1, ack, bytes_of("data")), false);
  const auto lone = ends("198.51.100.7", 9999, "192.168.1.10", 9999);
  for (int i = 0; i < 5; ++i) wire.send(udp_frame(lone, bytes_of("beacon")), false);
  const auto reset = ends("192.168.1.10", 42'000, "198.51.100.9", 443);
  wire.send(tcp_frame(reset, 1000, 0, syn), true);
  wire.send(tcp_frame(reset, 1001, 0, tcp_flag::rst), true);
  is(wire, "asked=1 ");
}

BOOST_AUTO_TEST_CASE(look_ups_from_the_inside_call_for_an_answer) {
  Wire wire;
  wire.send(udp_frame(ends("192.168.1.10", 5000, "192.168.1.1", 53), dns_query("a.example")), true);
  wire.send(udp_frame(ends("192.168.1.10", 5000, "192.168.1.1", 53), dns_query("b.example")), true);
  wire.send(udp_frame(ends("192.168.1.1", 5000, "192.168.1.10", 53), dns_query("a.example")), false);
  is(wire, "asked=1 ");
}

BOOST_AUTO_TEST_CASE(dhcp_counts_by_who_speaks_and_where) {
  Wire wire;
  const auto question = ends("0.0.0.0", 68, "255.255.255.255", 67);
  wire.send(udp_frame(question, dhcp(1)), true);
  wire.send(udp_frame(question, dhcp(1)), true);
  is(wire, "client_inside=2 ");
  wire.send(udp_frame(ends("192.168.1.1", 67, "192.168.1.10", 68), dhcp(2)), false);
  is(wire, "client_inside=2 server_outside=1 ");
}

BOOST_AUTO_TEST_CASE(dhcp_of_a_swapped_tap) {
  Wire wire;
  wire.send(udp_frame(ends("0.0.0.0", 68, "255.255.255.255", 67), dhcp(1)), false);
  wire.send(udp_frame(ends("192.168.1.1", 67, "255.255.255.255", 68), dhcp(2)), true);
  is(wire, "client_outside=1 server_inside=1 ");
}

BOOST_AUTO_TEST_CASE(what_came_through_a_relay_or_a_router_tells_no_side) {
  Wire wire;
  wire.send(udp_frame(ends("192.168.2.1", 67, "10.0.0.1", 67), dhcp(1, 1)), true);
  wire.send(udp_frame(ends("10.0.0.1", 67, "192.168.2.1", 67), dhcp(2, 1)), false);
  wire.send(udp_frame(ends("198.51.100.7", 68, "192.168.1.10", 67), dhcp(1)), false);  // to one address
  is(wire, "dhcp_other=3 ");
  wire.send(udp_frame(ends("192.168.1.10", 68, "192.168.1.1", 67), bytes_of("no message of DHCP")), true);
  is(wire, "dhcp_other=3 ");
}

BOOST_AUTO_TEST_CASE(dhcpv6_likewise) {
  Wire wire;
  const auto question = ends("fe80::10", 546, "ff02::1:2", 547);
  wire.send(udp_frame(question, dhcpv6(1)), true);
  wire.send(udp_frame(ends("fe80::1", 547, "fe80::10", 546), dhcpv6(7)), false);
  is(wire, "client_inside=1 server_outside=1 ");
  wire.send(udp_frame(ends("2001:db8::10", 546, "2001:db8::1", 547), dhcpv6(5)), true);  // renewed, to one address
  is(wire, "client_inside=1 dhcp_other=1 server_outside=1 ");
}

BOOST_AUTO_TEST_CASE(routers_count_where_they_are_unless_a_router_passed_it_on) {
  Wire wire;
  wire.send(router_advertisement("fe80::1", 255), false);
  is(wire, "router_outside=1 ");
  wire.send(router_advertisement("fe80::2", 255), true);
  wire.send(router_advertisement("fe80::3", 254), true);
  wire.send(router_advertisement("2001:db8::4", 255), true);
  is(wire, "router_inside=1 router_outside=1 ");
}

BOOST_AUTO_TEST_CASE(sides_are_ports_whatever_networks_the_site_says_are_inside) {
  auto options = small_options();
  options.inside = InsideNetworks::private_addresses();
  Wire wire{options};
  wire.connect("192.168.1.10", "198.51.100.7", false);
  wire.send(udp_frame(ends("192.168.1.10", 5000, "198.51.100.1", 53), dns_query("a.example")), false);
  is(wire, "connected=1 private_outside=1 ");
}

BOOST_AUTO_TEST_CASE(each_pair_has_its_own_and_where_nobody_knows_sides_there_are_none) {
  Wire wire;
  wire.send(router_advertisement("fe80::1", 255), false, 3);
  is(wire, "");
  is(wire, "router_outside=1 ", 3);
  PipelineRun capture;
  Connection{capture}.open();
  capture.send(router_advertisement("fe80::1", 255));
  for (const auto& pair : capture.pipeline().wiring()) BOOST_TEST(pair.sum() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
