// What stands in the buffers of DNS messages (docs.suricata.io, "DNS Keywords"). The bytes: RFC 1035 section 4.
#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

Frame name_of(std::string_view name) {
  Frame query = dns_query(name);
  return {query.begin() + 12, query.end() - 4};
}

void add_record(Frame& message, std::string_view owner, std::uint16_t type, const Frame& data) {
  put(message, name_of(owner));
  put16(message, type);
  put16(message, 1);
  put32(message, 60);
  put16(message, static_cast<unsigned>(data.size()));
  put(message, data);
}

// MX of example.com: an alias and a mail server, who is in charge, and an address of the server. NXDOMAIN (3), so that
// there is a code.
Frame answer() {
  auto message = dns_query("Mail.example.com");
  message[2] = 0x81;
  message[3] = 0x83;
  message[7] = 2;
  message[9] = 1;
  message[11] = 1;
  add_record(message, "mail.example.com", 5, name_of("alias.example.net"));
  Frame exchange{0, 10};
  put(exchange, name_of("mx.example.org"));
  add_record(message, "alias.example.net", 15, exchange);
  add_record(message, "example.net", 2, name_of("ns.example.net"));
  add_record(message, "mx.example.org", 1, {192, 0, 2, 1});
  return message;
}

std::size_t matches(const std::string& options) {
  return rule_matches("dns", options, [](PipelineRun& run) {
    const auto at = ends("192.168.1.10", 40000, "192.168.1.1", 53);
    run.send(udp_frame(at, dns_query("Mail.example.com")));
    run.send(udp_frame(at.reversed(), answer()));
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dns_buffers)

BOOST_AUTO_TEST_CASE(names_by_section) {
  BOOST_TEST(matches(whole("dns.query", "Mail.example.com")) == 1U);  // of the query alone
  BOOST_TEST(matches(whole("dns.queries.rrname", "Mail.example.com")) == 2U);
  BOOST_TEST(matches(whole("dns.query.name", "Mail.example.com")) == 2U);
  BOOST_TEST(matches(whole("dns.answers.rrname", "mail.example.com")) == 1U);
  BOOST_TEST(matches(whole("dns.answer.name", "alias.example.net")) == 1U);
  BOOST_TEST(matches(whole("dns.authorities.rrname", "example.net")) == 1U);
  BOOST_TEST(matches(whole("dns.additionals.rrname", "mx.example.org")) == 1U);
  BOOST_TEST(matches(whole("dns.answers.rrname", "example.net")) == 0U);
}

// All names of a response, and those in its data.
BOOST_AUTO_TEST_CASE(names_of_a_response) {
  for (const auto* const name :
       {"Mail.example.com", "alias.example.net", "mx.example.org", "example.net", "ns.example.net"})
    BOOST_TEST(matches(whole("dns.response.rrname", name)) == 1U, name);
  BOOST_TEST(matches(whole("dns.response.rrname", "Mail.example.com") + "flow:to_server;") == 0U);
}

BOOST_AUTO_TEST_CASE(parts_of_one_mention_share_a_value) {
  BOOST_TEST(matches("dns.response.rrname; content:\"ns.\"; content:\"example.org\";") == 0U);
  BOOST_TEST(matches("dns.response.rrname; content:\"ns.\"; dns.response.rrname; content:\"example.org\";") == 1U);
}

BOOST_AUTO_TEST_CASE(numbers) {
  BOOST_TEST(matches("dns.opcode:0;") == 2U);
  BOOST_TEST(matches("dns.opcode:!0;") == 0U);
  BOOST_TEST(matches("dns.rcode:3;") == 1U);
  BOOST_TEST(matches("dns.rcode:NXDOMAIN;") == 1U);
  BOOST_TEST(matches("dns.rcode:>3;") == 0U);
  BOOST_TEST(matches("dns.rrtype:1;") == 2U);  // the question, in both
  BOOST_TEST(matches("dns.rrtype:CNAME;") == 1U);
  BOOST_TEST(matches("dns.rrtype:14-16; dns.query; content:\"a\";") == 0U);
  BOOST_TEST(matches("dns.rrtype:a; dns.query; content:\"Mail\";") == 1U);
  BOOST_TEST(matches("dns.rcode:3; content:\"|02|ns\";") == 1U);  // of the message, and of the datagram
  BOOST_TEST(matches("dns.rcode:4; content:\"|02|ns\";") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
