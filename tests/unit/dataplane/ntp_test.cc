#include "dataplane/parsers/ntp.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/hex.hh"

using namespace sluice;
using test::unhex;

namespace {

// Made by scapy 2.5; what they say is what tshark 4.0 prints of them.
const auto client =
    unhex("e3020a0000000000000000007f0000010000000000000000eeac4c74027420000000000000000000eeac4c740274e000");
const auto server =
    unhex("24020a000000000000000000c00002010000000000000000eeac4c740279b0000000000000000000eeac4c74027a1800");

}  // namespace

BOOST_AUTO_TEST_SUITE(ntp)

BOOST_AUTO_TEST_CASE(a_question_and_its_answer) {
  const auto asked = parse_ntp(client);
  BOOST_REQUIRE(asked.has_value());
  BOOST_TEST(asked->version == 4);
  BOOST_TEST(asked->mode == 3);
  const auto answered = parse_ntp(server);
  BOOST_REQUIRE(answered.has_value());
  BOOST_TEST(answered->mode == 4);
  BOOST_TEST(answered->stratum == 2);
  BOOST_TEST(answered->reference_id == 0xc0000201U);
}

BOOST_AUTO_TEST_CASE(control_and_private_messages_are_shorter) {
  const auto control = parse_ntp(unhex("160200010000000000000000"));  // RFC 9327 section 2: read variables
  BOOST_REQUIRE(control.has_value());
  BOOST_TEST(control->version == 2);
  BOOST_TEST(control->mode == 6);
  BOOST_TEST((parse_ntp(unhex("1602000100000000000000")).error() == NtpError::need_more));
  const auto monlist = parse_ntp(unhex("1700032a00000000"));
  BOOST_REQUIRE(monlist.has_value());
  BOOST_TEST(monlist->mode == 7);
  BOOST_TEST((parse_ntp(unhex("1700032a000000")).error() == NtpError::need_more));
}

BOOST_AUTO_TEST_CASE(what_is_none) {
  BOOST_TEST((parse_ntp({}).error() == NtpError::need_more));
  BOOST_TEST((parse_ntp(Bytes{client}.first(47)).error() == NtpError::need_more));
  auto other = client;
  other[0] = 0x03;  // version 0
  BOOST_TEST((probe_ntp(other) == Probe::no));
  other[0] = 0x2b;  // version 5
  BOOST_TEST((probe_ntp(other) == Probe::no));
  other[0] = 0x20;  // mode 0
  BOOST_TEST((probe_ntp(other) == Probe::no));
  other = client;
  other[1] = 17;  // stratum
  BOOST_TEST((probe_ntp(other) == Probe::no));
  other = client;
  other.push_back(0);
  BOOST_TEST((probe_ntp(other) == Probe::no));
  other.resize(68);  // with a message authentication code
  BOOST_TEST((probe_ntp(other) == Probe::yes));
}

BOOST_AUTO_TEST_SUITE_END()
