#include "dataplane/parsers/dhcpv6.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/hex.hh"

using namespace sluice;
using test::unhex;

namespace {

// Made by scapy 2.5; what they say is what tshark 4.0 prints of them.
constexpr const char* solicit_digits =
    "0110874b0001000e0001000101234567020000000a0b000600060017001800270010000e0000013700084d53465420352e30000f0008000670"
    "686f6e65730027000e000b616e6e61732d70686f6e6500000300280000000700000000000000000005001820010db800000000000000000000"
    "000500000064000000c8";
const auto solicit = unhex(solicit_digits);
const auto reply = unhex(
    "0710874b0001000a00030001020000000a0b0002000a000300010200000000fe0017002020010db800000000000000000000005320010db800"
    "00000000000000000000540003002800000007000000000000000000050018"
    "20010db8000000000000000000000005000000000000000000040020000000080005001820010db80000000000000000000000060000000000"
    "000000");
const auto relayed = unhex(std::string{"0c0020010db8000100000000000000000001fe80000000000000000000000000000100120004"
                                       "657468300009007c"} +
                           solicit_digits);

std::vector<std::uint8_t> copy(Bytes bytes) { return {bytes.begin(), bytes.end()}; }

Dhcpv6Error error_of(const std::vector<std::uint8_t>& bytes) { return parse_dhcpv6(bytes).error(); }

}  // namespace

BOOST_AUTO_TEST_SUITE(dhcpv6)

BOOST_AUTO_TEST_CASE(a_phone_asks) {
  BOOST_TEST((probe_dhcpv6(solicit) == Probe::yes));
  const auto read = parse_dhcpv6(solicit);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->type == 1);
  BOOST_TEST(read->id == 0x10874bU);
  BOOST_TEST(copy(read->client_duid) == unhex("0001000101234567020000000a0b"));
  BOOST_TEST(copy(read->options) == unhex("001700180027"));
  BOOST_TEST(*read->vendor == 311U);
  BOOST_TEST(read->vendor_class == "MSFT 5.0");
  BOOST_TEST(read->user_class == "phones");
  DnsName room;
  BOOST_TEST(read->host_name_in(room) == "annas-phone");
  BOOST_REQUIRE(read->addresses == 1U);
  BOOST_TEST(read->address[0].text() == "2001:db8::5");
  BOOST_TEST(!read->relay);
}

BOOST_AUTO_TEST_CASE(a_server_answers) {
  const auto read = parse_dhcpv6(reply);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->type == 7);
  BOOST_TEST(copy(read->server_duid) == unhex("000300010200000000fe"));
  BOOST_TEST(copy(read->dns_servers) == unhex("20010db800000000000000000000005320010db8000000000000000000000054"));
  BOOST_REQUIRE(read->addresses == 2U);
  BOOST_TEST(read->address[1].text() == "2001:db8::6");
  DnsName room;
  BOOST_TEST(read->host_name_in(room) == "");
}

BOOST_AUTO_TEST_CASE(through_a_relay) {
  BOOST_TEST((probe_dhcpv6(relayed) == Probe::yes));
  const auto read = parse_dhcpv6(relayed);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->type == 1);
  BOOST_TEST(read->relay->text() == "2001:db8:1::1");
  BOOST_TEST(read->vendor_class == "MSFT 5.0");
}

BOOST_AUTO_TEST_CASE(a_host_name_without_its_root) {
  const auto host_name = [](const char* option) {
    const auto bytes = unhex(std::string{"010000010027"} + option);
    const auto read = parse_dhcpv6(bytes);
    BOOST_REQUIRE(read.has_value());
    DnsName room;
    return std::string{read->host_name_in(room)};
  };
  BOOST_TEST(host_name("0005000370686f") == "pho");
  BOOST_TEST(host_name("000600"
                       "0370686f00") == "pho");
  BOOST_TEST(host_name("000600"
                       "0370686f6e") == "");  // a length of 110 behind it
  BOOST_TEST(host_name("000100") == "");
}

BOOST_AUTO_TEST_CASE(what_is_no_whole_message) {
  BOOST_TEST((error_of({}) == Dhcpv6Error::need_more));
  BOOST_TEST((error_of(unhex("011087")) == Dhcpv6Error::need_more));
  BOOST_TEST((error_of(unhex("0010874b")) == Dhcpv6Error::not_this));
  BOOST_TEST((error_of(unhex("2410874b")) == Dhcpv6Error::not_this));
  BOOST_TEST((error_of(unhex("0110874b00010005aabb")) == Dhcpv6Error::need_more));
  BOOST_TEST((error_of(unhex("0110874b0003000200")) == Dhcpv6Error::need_more));        // inside an option
  BOOST_TEST((error_of(unhex("0110874b00030004000000ff")) == Dhcpv6Error::need_more));  // an IA without its fixed part
  BOOST_TEST((probe_dhcpv6(unhex("0110874b")) == Probe::no));
  BOOST_TEST((probe_dhcpv6(unhex("0110874b00ff0000")) == Probe::no));
  BOOST_TEST((probe_dhcpv6(unhex("2410874b00010000")) == Probe::no));
}

BOOST_AUTO_TEST_CASE(relays_and_options_are_bounded) {
  const auto relay = [](const std::vector<std::uint8_t>& inner) {
    auto bytes = unhex("0c00" + std::string(64, '0') + "0009");
    bytes.push_back(static_cast<std::uint8_t>(inner.size() >> 8));
    bytes.push_back(static_cast<std::uint8_t>(inner.size()));
    bytes.insert(bytes.end(), inner.begin(), inner.end());
    return bytes;
  };
  auto bytes = unhex("01000001");
  for (std::size_t i = 0; i < dhcpv6_relay_limit; ++i) bytes = relay(bytes);
  BOOST_TEST(parse_dhcpv6(bytes).has_value());
  BOOST_TEST((error_of(relay(bytes)) == Dhcpv6Error::too_many_relays));
  BOOST_TEST((error_of(unhex("0c00" + std::string(64, '0') + "001200026574")) == Dhcpv6Error::no_message));
  auto many = unhex("01000001");
  for (std::size_t i = 0; i < dhcpv6_option_limit; ++i)
    for (const auto byte : unhex("00080000")) many.push_back(byte);
  BOOST_TEST(parse_dhcpv6(many).has_value());
  for (const auto byte : unhex("00080000")) many.push_back(byte);
  BOOST_TEST((error_of(many) == Dhcpv6Error::too_many_options));
}

BOOST_AUTO_TEST_CASE(an_address_inside_of_an_address_is_none) {
  // IA_NA in an IA_NA: only what stands directly in the first counts, and nothing recurses.
  const auto address = "00050018" + std::string(48, '1');
  const auto association = [](const std::string& size, const std::string& options) {
    return "0003" + size + std::string(24, '0') + options;
  };
  const auto one = unhex("01000001" + association("0028", address));
  BOOST_TEST(parse_dhcpv6(one)->addresses == 1U);
  const auto nested = unhex("01000001" + association("0038", association("0028", address)));
  BOOST_TEST(parse_dhcpv6(nested)->addresses == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
