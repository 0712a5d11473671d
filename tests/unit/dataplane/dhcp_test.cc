#include "dataplane/parsers/dhcp.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "tests/unit/hex.hh"
#include "tests/unit/pipeline_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// Made by scapy 2.5; what they say is what tshark 4.0 prints of them.
Frame message(std::string_view head, std::string_view options) {
  auto bytes = unhex(head);
  bytes.resize(236);
  put(bytes, unhex(options));
  return bytes;
}
const Frame request =
    message("010106003903f3260000800000000000000000000000000000000000020000000a0b",
            "638253633501033d0701020000000a0b3204c0a8010a3604c0a801010c0b616e6e61732d70686f6e653c0f616e64726f69642d"
            "646863702d3133370a0103060f1a1c333a3b2bff");
const Frame ack = message("020106003903f3260000000000000000c0a8010a0000000000000000020000000a0b",
                          "63825363350105"
                          "3604c0a80101330400000e100104ffffff000304c0a801010608c0a8010109090909ff");

std::string text_of(const std::optional<Address>& address) { return address ? address->text() : "-"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(dhcp)

BOOST_AUTO_TEST_CASE(a_phone_asks) {
  BOOST_TEST((probe_dhcp(request) == Probe::yes));
  const auto read = parse_dhcp(request);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(!read->reply);
  BOOST_TEST(read->id == 0x3903f326U);
  BOOST_TEST(read->type == 3);
  BOOST_TEST((Frame(read->hardware_address.begin(), read->hardware_address.end()) == unhex("020000000a0b")));
  BOOST_TEST(read->client.text() == "0.0.0.0");
  BOOST_TEST(text_of(read->requested) == "192.168.1.10");
  BOOST_TEST(text_of(read->server) == "192.168.1.1");
  BOOST_TEST(text_of(read->subnet_mask) == "-");
  BOOST_TEST(read->host_name == "annas-phone");
  BOOST_TEST(read->vendor_class == "android-dhcp-13");
  BOOST_TEST((Frame(read->client_id.begin(), read->client_id.end()) == unhex("01020000000a0b")));
  BOOST_TEST((Frame(read->parameters.begin(), read->parameters.end()) == Frame{1, 3, 6, 15, 26, 28, 51, 58, 59, 43}));
}

BOOST_AUTO_TEST_CASE(a_server_answers) {
  const auto read = parse_dhcp(ack);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->reply);
  BOOST_TEST(read->type == 5);
  BOOST_TEST(read->assigned.text() == "192.168.1.10");
  BOOST_TEST(text_of(read->subnet_mask) == "255.255.255.0");
  BOOST_TEST(read->lease_seconds == 3600U);
  BOOST_TEST((Frame(read->dns_servers.begin(), read->dns_servers.end()) == unhex("c0a8010109090909")));
  BOOST_TEST((Frame(read->routers.begin(), read->routers.end()) == unhex("c0a80101")));
}

BOOST_AUTO_TEST_CASE(what_is_no_whole_message) {
  BOOST_TEST((probe_dhcp(Bytes{request}.first(239)) == Probe::no));
  BOOST_TEST((probe_dhcp(Bytes{request}.first(240)) == Probe::yes));
  auto other = request;
  other[0] = 3;
  BOOST_TEST((probe_dhcp(other) == Probe::no));
  BOOST_TEST((parse_dhcp(other).error() == DhcpError::not_this));
  other = request;
  other[236] ^= 1;
  BOOST_TEST((probe_dhcp(other) == Probe::no));
  BOOST_TEST((parse_dhcp(Bytes{request}.first(239)).error() == DhcpError::need_more));
  BOOST_TEST((parse_dhcp(Bytes{request}.first(242)).error() == DhcpError::need_more));  // inside option 53
  BOOST_TEST(parse_dhcp(Bytes{request}.first(243)).has_value());                        // no end option: taken as it is
}

BOOST_AUTO_TEST_CASE(options_of_a_wrong_size_are_left_out) {
  const auto bytes = message("0101",
                             "63825363"
                             "32020102"
                             "33020102"
                             "350201020c036162000c0163"
                             "ff320401020304");
  const auto sizes = parse_dhcp(bytes);
  BOOST_REQUIRE(sizes.has_value());
  BOOST_TEST(text_of(sizes->requested) == "-");
  BOOST_TEST(sizes->lease_seconds == 0U);
  BOOST_TEST(sizes->type == 0);
  BOOST_TEST(sizes->host_name == "ab");  // the first, without its zero byte
}

BOOST_AUTO_TEST_CASE(options_are_bounded) {
  auto bytes = message("0101", "63825363");
  for (std::size_t i = 0; i < dhcp_option_limit; ++i) put(bytes, unhex("4d00"));
  BOOST_TEST(parse_dhcp(bytes).has_value());
  put(bytes, unhex("4d00"));
  BOOST_TEST((parse_dhcp(bytes).error() == DhcpError::too_many_options));
}

BOOST_AUTO_TEST_CASE(through_the_pipeline) {
  PipelineRun run;
  BOOST_TEST(run.send(udp_frame(ends("0.0.0.0", 68, "255.255.255.255", 67), request)));
  BOOST_TEST(run.send(udp_frame(ends("192.168.1.1", 67, "192.168.1.10", 68), ack)));
  BOOST_TEST(run.send(udp_frame(ends("192.168.1.1", 67, "192.168.1.10", 68), Bytes{ack}.first(245))));
  BOOST_TEST((run.uninspected == UninspectedReason::parse_error));
  run.pipeline().finish(run.now, run.sent);
  BOOST_TEST((run.events() == Lines{"dhcp annas-phone", "dhcp -", "flow dhcp shutdown", "flow dhcp shutdown"}));
}

BOOST_AUTO_TEST_SUITE_END()
