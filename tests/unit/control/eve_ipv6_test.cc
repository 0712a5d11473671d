#include "control/eve/eve_ipv6.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

Json in_full(const char* line) {
  auto object = Json::parse(line);
  write_ipv6_in_full(object);
  return object;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_eve_ipv6)

// As the expectations of suricata-verify have them.
BOOST_AUTO_TEST_CASE(addresses_are_written_in_full) {
  BOOST_TEST(
      in_full(R"({"src_ip": "2001:db8:85a3::8a2e:370:7334", "dest_ip": "fd01::101:101", "device": "fe80::1"})") ==
      Json::parse(R"({"src_ip": "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
                             "dest_ip": "fd01:0000:0000:0000:0000:0000:0101:0101",
                             "device": "fe80:0000:0000:0000:0000:0000:0000:0001"})"));
  BOOST_TEST(in_full(R"({"flow": {"src_ip": "::1"}, "tunnel": {"dest_ip": "2001:db8::2", "depth": 1}})") ==
             Json::parse(R"({"flow": {"src_ip": "0000:0000:0000:0000:0000:0000:0000:0001"},
                             "tunnel": {"dest_ip": "2001:0db8:0000:0000:0000:0000:0000:0002", "depth": 1}})"));
}

BOOST_AUTO_TEST_CASE(records_of_dns_hold_addresses_where_their_type_says_so) {
  BOOST_TEST(in_full(R"({"dns": {"answers": [{"rrtype": "AAAA", "rdata": "2001:4860:0:2001::68"},
                                             {"rrtype": "CNAME", "rdata": "2001:4860:0:2001::68"}],
                                 "grouped": {"AAAA": ["2001:4860:0:2001::68"]}}})") ==
             Json::parse(R"({"dns": {"answers": [{"rrtype": "AAAA", "rdata": "2001:4860:0000:2001:0000:0000:0000:0068"},
                                                 {"rrtype": "CNAME", "rdata": "2001:4860:0:2001::68"}],
                                     "grouped": {"AAAA": ["2001:4860:0000:2001:0000:0000:0000:0068"]}}})"));
  BOOST_TEST(in_full(R"({"mdns": {"answers": [{"rrname": "x.local", "aaaa": "fe80::2"}]}})") ==
             Json::parse(R"({"mdns": {"answers": [{"rrname": "x.local",
                                                   "aaaa": "fe80:0000:0000:0000:0000:0000:0000:0002"}]}})"));
}

// A serial number may look like an address, and so may what a sender or a rule calls something.
BOOST_AUTO_TEST_CASE(everything_else_stays) {
  for (const auto* const line : {
           R"({"src_ip": "192.0.2.1", "dest_ip": "not an address", "device": ""})",
           R"({"tls": {"serial": "0A:0B:0C:0D:0E:0F:00:01", "sni": "2001:db8::1"}})",
           R"({"http": {"hostname": "2001:db8::1", "request_headers": [{"name": "X", "value": "::1"}]}})",
           R"({"sluice": {"matched": {"field": "dest_ip", "value": "2001:db8::1"}, "device": "2001:db8::1"}})",
           R"({"alert": {"metadata": {"src_ip": ["2001:db8::1"]}}, "metadata": {"flowvars": [{"target": "::1"}]}})",
           R"({"src_ip": null, "dest_ip": 1, "flow": []})",
       })
    BOOST_TEST(in_full(line) == Json::parse(line));
}

BOOST_AUTO_TEST_SUITE_END()
