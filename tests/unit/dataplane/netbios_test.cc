#include "dataplane/parsers/netbios.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/hex.hh"

using namespace sluice;
using test::unhex;

namespace {

// Made by scapy 2.5; what they say is what tshark 4.0 prints of them.
const auto query =
    unhex("123401100001000000000000204542454f454f4542434e464145444341434143414341434143414341434141410000200001");
const auto registration = unhex(
    "12352910000100000000000120464845504643454c4548464345504646464143414341434143414341434141410000200001c00c0020000100"
    "00000000068000c0a8010a");
const auto status = unhex(
    "12368400000000010000000020434b4341434143414341434143414341434143414341434143414341434141410000210001"
    "00000000005302414e4e412d50432020202020202020200400574f524b47524f5550202020202020008400020000000a0b00"
    "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000");

}  // namespace

BOOST_AUTO_TEST_SUITE(netbios)

// RFC 1001 section 14.1 encodes "FRED" thus; the scope is passed over.
BOOST_AUTO_TEST_CASE(the_name_of_rfc_1001) {
  const auto read =
      parse_netbios(unhex("00010110000100000000000020"
                          "4547464345464545434143414341434143414341434143414341434143414341"
                          "074e455442494f53"
                          "03434f4d0000200001"));
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->name.view() == "FRED");
  BOOST_TEST(read->name.suffix == 0x20);
}

BOOST_AUTO_TEST_CASE(a_machine_asks) {
  BOOST_TEST((probe_netbios(query) == Probe::yes));
  const auto read = parse_netbios(query);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->id == 0x1234);
  BOOST_TEST(!read->is_response());
  BOOST_TEST(read->operation() == 0U);
  BOOST_TEST(read->type == 0x20);
  BOOST_TEST(read->name.view() == "ANNA-PC");
  BOOST_TEST(read->name.suffix == 0);
  BOOST_TEST(!read->address);
}

BOOST_AUTO_TEST_CASE(a_machine_registers_its_name) {
  const auto read = parse_netbios(registration);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->operation() == 5U);
  BOOST_TEST(read->name.view() == "WORKGROUP");
  BOOST_TEST(read->name.is_group);
  BOOST_REQUIRE(read->address.has_value());
  BOOST_TEST(read->address->text() == "192.168.1.10");
}

BOOST_AUTO_TEST_CASE(a_machine_tells_its_names) {
  const auto read = parse_netbios(status);
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST(read->is_response());
  BOOST_TEST(read->type == 0x21);
  BOOST_TEST(read->name.view() == "*");
  BOOST_REQUIRE(read->names == 2U);
  BOOST_TEST(read->node[0].view() == "ANNA-PC");
  BOOST_TEST(read->node[0].suffix == 0x20);
  BOOST_TEST(!read->node[0].is_group);
  BOOST_TEST(read->node[1].view() == "WORKGROUP");
  BOOST_TEST(read->node[1].is_group);
}

BOOST_AUTO_TEST_CASE(what_is_none) {
  BOOST_TEST((parse_netbios(Bytes{query}.first(11)).error() == NetbiosError::need_more));
  BOOST_TEST((probe_netbios(Bytes{query}.first(44)) == Probe::no));
  BOOST_TEST((probe_netbios(Bytes{query}.first(46)) == Probe::yes));
  BOOST_TEST((parse_netbios(Bytes{query}.first(49)).error() == NetbiosError::need_more));
  BOOST_TEST((parse_netbios(Bytes{registration}.first(registration.size() - 1)).error() == NetbiosError::need_more));
  auto other = query;
  other[2] = 0x11;  // operation 2
  BOOST_TEST((probe_netbios(other) == Probe::no));
  other = query;
  other[13] = 'Q';  // no half byte
  BOOST_TEST((probe_netbios(other) == Probe::no));
  other = query;
  other[12] = 0x1f;
  BOOST_TEST((probe_netbios(other) == Probe::no));
  other = status;
  other[56] = 9;  // names, of which four would fit
  BOOST_TEST((parse_netbios(other).error() == NetbiosError::need_more));
}

BOOST_AUTO_TEST_SUITE_END()
