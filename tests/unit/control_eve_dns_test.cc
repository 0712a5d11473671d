#include "control/eve_dns.hh"

#include <boost/test/unit_test.hpp>
#include <string_view>

#include "tests/unit/event_record.hh"

using namespace sluice;
using nlohmann::json;

namespace {

json plain(const Json& object) { return json::parse(object.dump()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(control_eve_dns)

// IANA, DNS parameters.
BOOST_AUTO_TEST_CASE(numbers_have_names) {
  BOOST_TEST(dns_type_text(1) == "A");
  BOOST_TEST(dns_type_text(28) == "AAAA");
  BOOST_TEST(dns_type_text(65) == "HTTPS");
  BOOST_TEST(dns_type_text(255) == "ANY");
  BOOST_TEST(dns_type_text(65280) == "65280");
  BOOST_TEST(dns_type_text(65537) == "65537");  // no DNS type, and no A either
  BOOST_TEST(dns_rcode_text(0) == "NOERROR");
  BOOST_TEST(dns_rcode_text(3) == "NXDOMAIN");
  BOOST_TEST(dns_rcode_text(15) == "15");
  BOOST_TEST(dns_rcode_text(65536) == "65536");
}

BOOST_AUTO_TEST_CASE(every_dns_flag) {
  const auto flags = [](std::uint64_t bits) {
    Record record{header(EventType::dns)};
    record.integer(Field::dns_flags, bits);
    return plain(dns_object(record.event()));
  };
  // RFC 1035 section 4.1.1: QR 1, OPCODE 4, AA 1, TC 1, RD 1, RA 1, Z 3, RCODE 4 bits
  BOOST_TEST(flags(0x0000) == json::parse(R"({"version": 3, "flags": "0", "opcode": 0, "rcode": "NOERROR"})"));
  BOOST_TEST(flags(0x8583) == json::parse(R"({"version": 3, "flags": "8583", "qr": true, "aa": true, "rd": true,
                                              "ra": true, "opcode": 0, "rcode": "NXDOMAIN"})"));
  BOOST_TEST(flags(0x2a45) == json::parse(R"({"version": 3, "flags": "2a45", "tc": true, "z": true, "opcode": 5,
                                              "rcode": "REFUSED"})"));
}

BOOST_AUTO_TEST_CASE(dns_parts_without_a_name_before_them_are_skipped) {
  Record record{header(EventType::dns)};
  record.integer(Field::dns_query_type, 1).integer(Field::dns_answer_ttl, 60).text(Field::dns_answer_data, "192.0.2.1");
  BOOST_TEST(plain(dns_object(record.event())) == json::parse(R"({"version": 3})"));
}

// RFC 1035 section 5.1: \DDD is the byte with that decimal number.
BOOST_AUTO_TEST_CASE(unusual_names_are_readable_and_exact) {
  const auto query = [](std::string_view name) {
    Record record{header(EventType::dns)};
    record.text(Field::dns_query_name, name);
    return plain(dns_object(record.event()))["queries"][0];
  };
  BOOST_TEST(query("a.example") == json::parse(R"({"rrname": "a.example"})"));
  BOOST_TEST(query("a\\046b.example") ==
             json::parse(R"({"rrname": "a.b.example", "rrname_escaped": "a\\046b.example"})"));
  BOOST_TEST(query("\\000\\255.x") == json::parse(R"({"rrname": "\\000\ufffd.x", "rrname_escaped": "\\000\\255.x"})"));
}

BOOST_AUTO_TEST_CASE(an_answer_may_come_without_data) {
  Record record{header(EventType::dns)};
  record.text(Field::dns_answer_name, "example.net").integer(Field::dns_answer_type, 65);
  BOOST_TEST(plain(dns_object(record.event())) ==
             json::parse(R"({"version": 3, "answers": [{"rrname": "example.net", "rrtype": "HTTPS"}]})"));
}

BOOST_AUTO_TEST_SUITE_END()
