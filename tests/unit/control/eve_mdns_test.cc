#include "control/eve/eve_mdns.hh"

#include <boost/test/unit_test.hpp>
#include <string>

#include "tests/unit/event_record.hh"

using namespace sluice;
using nlohmann::json;

namespace {

// How a question for that name is shown.
json shown(const std::string& name) {
  Record record{header(EventType::mdns)};
  record.text(Field::dns_query_name, name);
  const Redactor redactor;
  return json::parse(mdns_object(record.event(), redactor).dump())["queries"][0]["rrname"];
}

json redacted(const char* kind, std::size_t length) { return {{"kind", kind}, {"length", length}}; }
json instance(std::size_t length, const char* service) {
  return {{"kind", "instance-name"}, {"length", length}, {"service", service}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_eve_mdns)

// RFC 6763 sections 7, 7.1, 9, 11.
BOOST_AUTO_TEST_CASE(kinds_of_service_are_shown) {
  for (const auto* const name :
       {"_airplay._tcp.local", "_airplay._TCP.local", "_services._dns-sd._udp.local", "_printer._sub._http._tcp.local",
        "lb._dns-sd._udp.local", "lb._dns-sd._udp.0.1.168.192.in-addr.arpa", "10.1.168.192.in-addr.arpa", "wpad",
        "WPAD.local", ""})
    BOOST_TEST(shown(name) == name);
}

BOOST_AUTO_TEST_CASE(names_of_devices_are_not) {
  BOOST_TEST(shown("Annas-iPad.local") == redacted("host-name", 10));
  BOOST_TEST(shown("annas-pc") == redacted("host-name", 8));
  BOOST_TEST(shown("anna.home.example") == redacted("host-name", 17));
  BOOST_TEST(shown("anna.arpa") == redacted("host-name", 9));
  BOOST_TEST(shown("wpad.anna.example") == redacted("host-name", 17));
  BOOST_TEST(shown("Annas iPad._airplay._tcp.local") == instance(10, "_airplay._tcp.local"));
  // A name that begins as a kind does, and one that has dots.
  BOOST_TEST(shown("_anna._airplay._tcp.local") == instance(5, "_airplay._tcp.local"));
  BOOST_TEST(shown("a\\046b.c._raop._tcp.local") == instance(8, "_raop._tcp.local"));
  BOOST_TEST(shown("anna._dns-sd._udp.local") == instance(4, "_dns-sd._udp.local"));
  BOOST_TEST(shown("x.y._dns-sd._udp.local") == instance(3, "_dns-sd._udp.local"));
  BOOST_TEST(shown("anna._printer._sub._http._tcp.local") == instance(4, "_printer._sub._http._tcp.local"));
}

BOOST_AUTO_TEST_CASE(a_host_has_the_digest_of_its_dhcp_name) {
  const Redactor redactor{RedactionKey{}};
  Record record{header(EventType::mdns)};
  record.text(Field::dns_query_name, "annas-phone.local");
  const auto digest = mdns_object(record.event(), redactor)["queries"][0]["rrname"]["digest"];
  BOOST_TEST(digest == redactor.redact("host-name", "annas-phone")["digest"]);
}

BOOST_AUTO_TEST_CASE(records) {
  Record record{header(EventType::mdns)};
  record.integer(Field::dns_response, 1).integer(Field::dns_id, 0).integer(Field::dns_flags, 0x8400);
  const auto start = [&](const char* name, std::uint64_t type) -> Record& {
    return record.text(Field::dns_answer_name, name)
        .integer(Field::dns_answer_type, type)
        .integer(Field::dns_answer_ttl, 10);
  };
  start("_x._tcp.local", 12).text(Field::dns_answer_data, "Anna._x._tcp.local");
  start("_x._tcp.local", 16).text(Field::dns_data_text, "Model=A1").text(Field::dns_data_text, "id=77");
  record.text(Field::dns_data_text, "secret");
  start("_x._tcp.local", 33).integer(Field::dns_data_number, 0).integer(Field::dns_data_number, 1);
  record.integer(Field::dns_data_number, 80).text(Field::dns_data_text, "pc.local");
  record.integer(Field::dns_section, 2);
  start("_x._tcp.local", 28).text(Field::dns_answer_data, "fe80::1");
  start("_x._tcp.local", 47).text(Field::dns_data_text, "pc.local").text(Field::dns_data_text, "bits");
  start("", 41).integer(Field::dns_data_number, 1440).integer(Field::dns_parameter, 4);
  record.text(Field::dns_data_text, "hardware address");
  start("_x._tcp.local", 10).text(Field::dns_data_text, "anything");
  // No worker writes this.
  start("_x._tcp.local", 16).text(Field::dns_answer_data, "x").text(Field::dns_data_text, "ty=1");
  const Redactor redactor;
  BOOST_TEST(json::parse(mdns_object(record.event(), redactor).dump()) == json::parse(R"({
      "type": "response", "id": 0, "flags": ["aa"], "opcode": 0, "rcode": 0, "answers": [
        {"rrname": "_x._tcp.local", "ptr": {"kind": "instance-name", "length": 4, "service": "_x._tcp.local"}},
        {"rrname": "_x._tcp.local", "txt": ["Model=A1", {"key": "id", "value": {"kind": "txt-value", "length": 2}},
                                            {"value": {"kind": "txt-value", "length": 6}}]},
        {"rrname": "_x._tcp.local", "srv": {"priority": 0, "weight": 1, "port": 80,
                                            "name": {"kind": "host-name", "length": 2}}}],
      "additionals": [
        {"rrname": "_x._tcp.local", "aaaa": "fe80::1"},
        {"rrname": "_x._tcp.local", "nsec": {"next": {"kind": "host-name", "length": 2}}},
        {"rrname": "", "opt": [{"code": 4}]},
        {"rrname": "_x._tcp.local"}, {"rrname": "_x._tcp.local", "txt": ["ty=1"]}]})"));
}

// RFC 4795 section 2.1.1: other flags, and no response code worth the word.
BOOST_AUTO_TEST_CASE(llmnr_flags) {
  Record record{header(EventType::llmnr)};
  record.integer(Field::dns_response, 0).integer(Field::dns_id, 9).integer(Field::dns_flags, 0x0500);
  record.text(Field::dns_query_name, "pc").integer(Field::dns_query_type, 28);
  const Redactor redactor;
  BOOST_TEST(json::parse(llmnr_object(record.event(), redactor).dump()) == json::parse(R"({
      "type": "request", "id": 9, "flags": ["c", "t"], "opcode": 0,
      "queries": [{"rrname": {"kind": "host-name", "length": 2}, "rrtype": "aaaa"}]})"));
}

BOOST_AUTO_TEST_SUITE_END()
