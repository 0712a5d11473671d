#include "control/eve/eve_dns.hh"

#include <boost/test/unit_test.hpp>
#include <string_view>

#include "control/eve/eve_dns_records.hh"
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
  BOOST_TEST(plain(dns_object(record.event())) == json::parse(R"({"version": 3,
      "answers": [{"rrname": "example.net", "rrtype": "HTTPS", "https": {}}], "grouped": {"HTTPS": [{}]}})"));
}

// The objects of SOA, SRV and SSHFP and the list `opt` are Suricata 8's; the sections' names too.
BOOST_AUTO_TEST_CASE(sections_and_parts) {
  Record record{header(EventType::dns)};
  record.text(Field::dns_answer_name, "a").integer(Field::dns_answer_type, 16).integer(Field::dns_answer_ttl, 5);
  record.text(Field::dns_data_text, "v=1").text(Field::dns_data_text, "b\\\x01");
  record.text(Field::dns_answer_name, "a").integer(Field::dns_answer_type, 44);
  record.integer(Field::dns_data_number, 2).integer(Field::dns_data_number, 1);
  record.text(Field::dns_data_text, "\x12\xab");
  record.integer(Field::dns_section, 1).text(Field::dns_answer_name, "b").integer(Field::dns_answer_type, 6);
  record.text(Field::dns_data_text, "ns").text(Field::dns_data_text, "root");
  for (const auto number : {1, 2, 3, 4, 5}) record.integer(Field::dns_data_number, static_cast<unsigned>(number));
  record.integer(Field::dns_section, 2).text(Field::dns_answer_name, "ns").integer(Field::dns_answer_type, 1);
  record.text(Field::dns_answer_data, "192.0.2.1");
  record.text(Field::dns_answer_name, "").integer(Field::dns_answer_type, 41).integer(Field::dns_data_number, 1232);
  record.integer(Field::dns_parameter, 8).text(Field::dns_data_text, {"\x00\x02\x20\x00\x20\x01\x0d\xb8", 8});
  BOOST_TEST(plain(dns_object(record.event())) == json::parse(R"({"version": 3,
      "answers": [{"rrname": "a", "rrtype": "TXT", "ttl": 5, "rdata": "v=1 b\\092\\001"},
                  {"rrname": "a", "rrtype": "SSHFP", "sshfp": {"algo": 2, "type": 1, "fingerprint": "12:ab"}}],
      "authorities": [{"rrname": "b", "rrtype": "SOA", "soa": {"mname": "ns", "rname": "root", "serial": 1,
                       "refresh": 2, "retry": 3, "expire": 4, "minimum": 5}}],
      "additionals": [{"rrname": "ns", "rrtype": "A", "rdata": "192.0.2.1"},
                      {"rrname": "", "rrtype": "OPT", "udp_size": 1232,
                       "opt": [{"code": 8, "data": "0002200020010db8", "client_subnet": "2001:db8::/32"}]}],
      "grouped": {"TXT": ["v=1 b\\092\\001"], "A": ["192.0.2.1"],
                  "SSHFP": [{"algo": 2, "type": 1, "fingerprint": "12:ab"}]}})"));
}

BOOST_AUTO_TEST_CASE(service_parameters) {
  Record record{header(EventType::dns)};
  record.text(Field::dns_answer_name, "a").integer(Field::dns_answer_type, 65);
  record.integer(Field::dns_data_number, 1).text(Field::dns_data_text, ".");
  record.integer(Field::dns_parameter, 0).integer(Field::dns_data_number, 1);
  record.integer(Field::dns_parameter, 1).text(Field::dns_data_text, "h3").text(Field::dns_data_text, "h2");
  record.integer(Field::dns_parameter, 2);
  record.integer(Field::dns_parameter, 3).integer(Field::dns_data_number, 8443);
  record.integer(Field::dns_parameter, 4).text(Field::dns_data_text, "192.0.2.1");
  record.integer(Field::dns_parameter, 5).integer(Field::dns_data_number, 42).text(Field::dns_data_text, "p.example");
  record.integer(Field::dns_parameter, 7).text(Field::dns_data_text, "/q{?dns}");
  record.integer(Field::dns_parameter, 667).text(Field::dns_data_text, "hello");
  BOOST_TEST(plain(dns_object(record.event()))["answers"][0]["https"] == json::parse(R"({
      "priority": 1, "target": ".", "mandatory": ["alpn"], "alpn": ["h3", "h2"], "no_default_alpn": true,
      "port": 8443, "ipv4hint": ["192.0.2.1"], "ech": [{"config_id": 42, "public_name": "p.example"}],
      "dohpath": "/q{?dns}", "key667": "68656c6c6f"})"));
}

BOOST_AUTO_TEST_SUITE_END()
