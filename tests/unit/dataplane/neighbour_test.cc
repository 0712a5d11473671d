// ARP, IPv6 neighbour discovery, and what is remembered of them.
#include <boost/test/unit_test.hpp>

#include "dataplane/flow/neighbour_table.hh"
#include "dataplane/parsers/arp.hh"
#include "dataplane/parsers/neighbour_discovery.hh"
#include "tests/unit/hex.hh"

using namespace sluice;
using test::unhex;

namespace {

// Made by scapy 2.5; what they say is what tshark 4.0 prints of them.
const auto reply = unhex("0001080006040002020000000a0bc0a8010a020000000001c0a80101");
const auto solicitation = unhex("8700708700000000fe8000000000000000000000000000050101020000000a0b");
const auto advertisement = unhex(
    "8600fa760008070800000000000000000101020000000001190500000000025820010db800000000000000000000005320010db80000000000"
    "00000000000054");

std::vector<std::uint8_t> copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(neighbour)

BOOST_AUTO_TEST_CASE(arp_binds) {
  auto bytes = reply;
  bytes.resize(46);  // as Ethernet fills it up
  const auto read = parse_arp(bytes);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->operation == 2);
  BOOST_TEST(copy(read->sender_mac) == unhex("020000000a0b"));
  BOOST_TEST(read->sender.text() == "192.168.1.10");
  BOOST_TEST(copy(read->target_mac) == unhex("020000000001"));
  BOOST_TEST(read->target.text() == "192.168.1.1");
  BOOST_TEST((parse_arp(Bytes{reply}.first(27)).error() == ArpError::need_more));
  for (const std::size_t at : {1, 2, 4, 5}) {
    auto other = reply;
    other[at] ^= 1;
    BOOST_TEST((parse_arp(other).error() == ArpError::not_this));
  }
}

BOOST_AUTO_TEST_CASE(a_host_looks_for_another) {
  const auto read = parse_neighbour_discovery(solicitation);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->kind == NeighbourKind::neighbour_solicitation));
  BOOST_TEST(read->target->text() == "fe80::5");
  BOOST_TEST(copy(read->source_mac) == unhex("020000000a0b"));
  BOOST_TEST(read->target_mac.empty());
}

BOOST_AUTO_TEST_CASE(a_router_announces_resolvers) {
  const auto read = parse_neighbour_discovery(advertisement);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->kind == NeighbourKind::router_advertisement));
  BOOST_TEST(read->lifetime_seconds == 1800);
  BOOST_TEST(!read->target);
  BOOST_TEST(copy(read->source_mac) == unhex("020000000001"));
  BOOST_TEST(copy(read->dns_servers) == unhex("20010db800000000000000000000005320010db8000000000000000000000054"));
}

BOOST_AUTO_TEST_CASE(the_first_list_of_resolvers_counts) {
  auto bytes = advertisement;
  for (const auto byte : unhex("1903000000000258"
                               "20010db8000000000000000000000099"))
    bytes.push_back(byte);
  const auto read = parse_neighbour_discovery(bytes);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->dns_servers.size() == 32U);
}

BOOST_AUTO_TEST_CASE(what_is_none) {
  const auto error = [](const std::vector<std::uint8_t>& bytes) { return parse_neighbour_discovery(bytes).error(); };
  auto other = solicitation;
  other[0] = 137;  // a redirect
  BOOST_TEST((error(other) == NeighbourError::not_this));
  other = solicitation;
  other[1] = 1;
  BOOST_TEST((error(other) == NeighbourError::not_this));
  other = solicitation;
  other.resize(23);
  BOOST_TEST((error(other) == NeighbourError::need_more));
  other = solicitation;
  other.resize(31);
  BOOST_TEST((error(other) == NeighbourError::need_more));
  other = solicitation;
  other[25] = 0;  // an option of no length (RFC 4861 section 4.6)
  BOOST_TEST((error(other) == NeighbourError::malformed));
  other.resize(24);
  for (std::size_t i = 0; i < neighbour_option_limit; ++i)
    for (const auto byte : unhex("0e01000000000000")) other.push_back(byte);
  BOOST_TEST(parse_neighbour_discovery(other).has_value());
  for (const auto byte : unhex("0e01000000000000")) other.push_back(byte);
  BOOST_TEST((error(other) == NeighbourError::too_many_options));
}

BOOST_AUTO_TEST_CASE(a_binding_is_news_once) {
  NeighbourTable table{8, 1};
  Packet packet;
  packet.time = tick_from_nanoseconds(1'700'000'000'000'000'000);
  const auto address = *Address::parse("192.168.1.10");
  const auto mac = unhex("020000000a0b"), other = unhex("020000000a0c");
  BOOST_TEST(table.is_news(packet, address, mac, false));
  BOOST_TEST(!table.is_news(packet, address, mac, false));
  BOOST_TEST(table.is_news(packet, address, other, false));
  BOOST_TEST(table.is_news(packet, address, mac, true));
  BOOST_TEST(table.is_news(packet, *Address::parse("192.168.1.11"), mac, false));
  packet.vlan[0] = 7;
  BOOST_TEST(table.is_news(packet, address, mac, false));
  packet.vlan[0] = 0;
  BOOST_TEST(!table.is_news(packet, address, mac, false));
  packet.time += neighbour_interval;
  BOOST_TEST(table.is_news(packet, address, mac, false));
  // A flood costs nothing but repetition.
  for (int i = 0; i < 100; ++i)
    BOOST_TEST(table.is_news(packet, *Address::parse("10.0.0." + std::to_string(i)), mac, false));
}

BOOST_AUTO_TEST_SUITE_END()
