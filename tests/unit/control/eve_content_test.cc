#include "control/eve/eve_content.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>

#include "tests/unit/event_record.hh"

using namespace sluice;

namespace {

// Of a frame of Ethernet, with "GOOD\n" and a byte that no terminal shows at its end.
constexpr std::string_view frame{
    "\x05\x04\x03\x02\x01\x00\x00\x01\x02\x03\x04\x05\x08\x00"
    "GOOD\n\x01",
    20};

Json content(Record& record) {
  Json line = Json::object();
  put_content(line, record.event());
  return line;
}

void put_packet(Record& record, std::uint64_t link_type) {
  record.text(Field::packet_bytes, frame.substr(0, 5)).text(Field::packet_bytes, frame.substr(5));
  record.integer(Field::packet_link_type, link_type);
  record.integer(Field::packet_payload_at, 14).integer(Field::packet_payload_size, 6);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(eve_content)

// Base64 by Python's module.
BOOST_AUTO_TEST_CASE(a_packet_its_payload_and_its_addresses) {
  Record record{header(EventType::alert)};
  put_packet(record, 1);
  record.integer(Field::stream_matched, 0);
  BOOST_TEST(content(record) == Json::parse(R"({
    "payload": "R09PRAoB", "payload_printable": "GOOD\n.", "stream": 0, "packet": "BQQDAgEAAAECAwQFCABHT09ECgE=",
    "packet_info": {"linktype": 1, "linktype_name": "EN10MB"},
    "ether": {"dest_mac": "05:04:03:02:01:00", "src_mac": "00:01:02:03:04:05"}})"));
}

BOOST_AUTO_TEST_CASE(of_a_stream_its_own_bytes) {
  Record record{header(EventType::alert)};
  put_packet(record, 12);
  record.integer(Field::stream_matched, 1).text(Field::stream_bytes, "BETTER");
  const auto line = content(record);
  BOOST_TEST(line["payload"] == "QkVUVEVS");
  BOOST_TEST(line["payload_printable"] == "BETTER");
  BOOST_TEST(line["stream"] == 1);
  BOOST_TEST(line["packet_info"]["linktype_name"] == "RAW");
  BOOST_TEST(!line.contains("ether"));
}

// It is there for a record, which is sealed: a line is not.
BOOST_AUTO_TEST_CASE(a_packet_for_evidence_is_not_shown) {
  Record record{header(EventType::alert)};
  put_packet(record, 1);
  record.integer(Field::packet_for_evidence, 1);
  BOOST_TEST(content(record).empty());
}

BOOST_AUTO_TEST_CASE(an_event_without_a_packet_has_nothing) {
  Record record{header(EventType::alert)};
  BOOST_TEST(content(record).empty());
}

BOOST_AUTO_TEST_CASE(a_payload_that_is_not_in_the_packet_is_left_out) {
  Record record{header(EventType::alert)};
  record.text(Field::packet_bytes, frame).integer(Field::packet_link_type, 999);
  record.integer(Field::packet_payload_at, 20).integer(Field::packet_payload_size, ~0ULL);
  const auto line = content(record);
  BOOST_TEST(!line.contains("payload"));
  BOOST_TEST(line["packet_info"]["linktype_name"] == "n/a");
}

BOOST_AUTO_TEST_SUITE_END()
