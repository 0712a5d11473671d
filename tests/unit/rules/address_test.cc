#include "rules/names/address.hh"

#include <boost/test/unit_test.hpp>

using sluice::Address;
using sluice::AddressRange;

BOOST_AUTO_TEST_SUITE(address)

BOOST_AUTO_TEST_CASE(text_is_rfc_5952) {
  BOOST_TEST(Address::parse("192.0.2.7")->text() == "192.0.2.7");
  BOOST_TEST(Address::parse("2001:DB8:0:0:1:0:0:1")->text() == "2001:db8::1:0:0:1");
  BOOST_TEST(!Address::parse("192.0.2"));
  BOOST_TEST(!Address::parse("fe80::1%eth0"));
  BOOST_TEST(!Address::parse(""));
}

BOOST_AUTO_TEST_CASE(private_and_multicast) {
  for (const char* text :
       {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1", "100.64.0.1", "fd00::1", "fe80::1"})
    BOOST_TEST(Address::parse(text)->is_private(), text);
  for (const char* text : {"172.32.0.1", "100.128.0.1", "8.8.8.8", "2001:db8::1", "11.0.0.1"})
    BOOST_TEST(!Address::parse(text)->is_private(), text);
  for (const char* text : {"224.0.0.251", "239.255.255.250", "255.255.255.255", "ff02::fb"})
    BOOST_TEST(Address::parse(text)->is_multicast(), text);
  BOOST_TEST(!Address::parse("223.255.255.255")->is_multicast());
}

BOOST_AUTO_TEST_CASE(ranges) {
  const auto range = AddressRange::parse("192.0.2.128/25");
  BOOST_TEST(range->first.text() == "192.0.2.128");
  BOOST_TEST(range->last.text() == "192.0.2.255");
  BOOST_TEST(range->contains(*Address::parse("192.0.2.200")));
  BOOST_TEST(!range->contains(*Address::parse("192.0.2.127")));
  BOOST_TEST(AddressRange::parse("2001:db8::/32")->last.text() == "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
  BOOST_TEST(AddressRange::parse("0.0.0.0/0")->last.text() == "255.255.255.255");
  BOOST_TEST((AddressRange::parse("192.0.2.1")->first == AddressRange::parse("192.0.2.1/32")->last));
  for (const char* text : {"192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/x", "/24", "2001:db8::/129"})
    BOOST_TEST(!AddressRange::parse(text), text);
}

BOOST_AUTO_TEST_SUITE_END()
