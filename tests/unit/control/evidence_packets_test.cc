#include "control/evidence/evidence_packets.hh"

#include <boost/test/unit_test.hpp>
#include <fstream>

#include "dataplane/capture/capture.hh"
#include "dataplane/packet/checksum.hh"
#include "tests/unit/event_record.hh"
#include "tests/unit/frames.hh"
#include "tests/unit/scratch_folder.hh"

using namespace sluice;

namespace {

constexpr std::uint32_t sequence = 5000;

// A segment that carries `payload`, in an Ethernet frame.
std::string segment(const char* source, const char* destination, std::string_view payload) {
  const auto frame =
      test::tcp_frame(test::ends(source, 40000, destination, 443), sequence, 1, 0x18, test::bytes_of(payload));
  return {frame.begin(), frame.end()};
}

// An alert on it, which saw `stream`.
EvidencePackets packets_of(const std::string& frame, std::string_view payload, std::string_view stream) {
  Record record{header(EventType::alert)};
  record.integer(Field::stream_matched, 1);
  if (!stream.empty()) record.text(Field::stream_bytes, stream);
  record.integer(Field::packet_link_type, 1).text(Field::packet_bytes, frame);
  record.integer(Field::packet_payload_at, frame.size() - payload.size());
  record.integer(Field::packet_payload_size, payload.size());
  const auto packets = evidence_packets(record.event());
  BOOST_REQUIRE(packets);
  return *packets;
}

Packet decoded(const EvidencePacket& packet) {
  Packet read;
  read.clear();
  read.frame = {reinterpret_cast<const std::uint8_t*>(packet.bytes.data()), packet.bytes.size()};
  read.wire_length = static_cast<std::uint32_t>(packet.bytes.size());
  BOOST_REQUIRE(decode(read, nullptr));
  return read;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evidence_packets_of_events)

BOOST_AUTO_TEST_CASE(a_packet_that_holds_all_stands_alone) {
  for (const auto* const stream : {"", "hello", "llo"}) {
    const auto packets = packets_of(segment("10.0.0.2", "198.51.100.7", "hello"), "hello", stream);
    BOOST_REQUIRE_EQUAL(packets.packets.size(), 1U);
    BOOST_TEST(!packets.packets[0].is_rebuilt);
    BOOST_TEST(packets.is_whole);
  }
  Record none{header(EventType::alert)};
  BOOST_TEST(!evidence_packets(none.event()));
}

BOOST_AUTO_TEST_CASE(bytes_of_other_segments_are_rebuilt_where_they_stood) {
  for (const auto& [source, destination] :
       {std::pair{"10.0.0.2", "198.51.100.7"}, std::pair{"2001:db8::2", "2001:db8::7"}}) {
    const auto frame = segment(source, destination, "middle");
    const auto evidence = packets_of(frame, "middle", "the beginning, middle, and end");
    BOOST_TEST(evidence.is_whole);
    BOOST_REQUIRE_EQUAL(evidence.packets.size(), 3U);
    BOOST_TEST(evidence.packets[1].bytes == frame);
    const std::string_view payloads[] = {"the beginning, ", "middle", ", and end"};
    const std::uint32_t sequences[] = {sequence - 15, sequence, sequence + 6};
    for (std::size_t i = 0; i < 3; ++i) {
      const auto read = decoded(evidence.packets[i]);
      BOOST_TEST(as_text(read.payload) == payloads[i]);
      BOOST_TEST(read.tcp_sequence == sequences[i]);
      BOOST_TEST(read.source.text() == source);
      BOOST_TEST(read.destination_port == 443);
      BOOST_TEST(evidence.packets[i].is_rebuilt == (i != 1));
      if (i == 1) continue;
      BOOST_TEST((transport_checksum(read) == TransportChecksum::right));
      if (read.source.is_v4()) BOOST_TEST(has_valid_ip_checksum(read.network.first(20)));
    }
  }
}

// The parser is done with the record's header when the rest of a hello comes: one that fits is put before it.
BOOST_AUTO_TEST_CASE(a_split_hello_gets_a_record_header) {
  const std::string hello{
      "\x01\x00\x00\x0b"
      "hello world",
      15};
  const auto frame = segment("10.0.0.2", "198.51.100.7", "world");
  Record record{header(EventType::alert)};
  record.integer(Field::flow_protocol, static_cast<std::uint64_t>(Protocol::tls)).text(Field::stream_bytes, hello);
  record.integer(Field::packet_link_type, 1).text(Field::packet_bytes, frame);
  record.integer(Field::packet_payload_at, frame.size() - 5).integer(Field::packet_payload_size, 5);
  const auto evidence = evidence_packets(record.event());
  BOOST_REQUIRE(evidence);
  BOOST_REQUIRE_EQUAL(evidence->packets.size(), 2U);
  const auto read = decoded(evidence->packets[0]);
  BOOST_TEST(as_text(read.payload) == (std::string{"\x16\x03\x01\x00\x0f", 5} + hello.substr(0, 10)));
  BOOST_TEST(read.tcp_sequence == sequence - 15);
  BOOST_TEST(evidence->packets[0].made == 5U);
  BOOST_TEST(evidence->is_whole);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_placed_is_said) {
  BOOST_TEST(!packets_of(segment("10.0.0.2", "198.51.100.7", "hello"), "hello", "other bytes").is_whole);
  const std::string much(66'000, 'x');  // no segment holds so much
  Record record{header(EventType::alert)};
  BOOST_TEST(
      !packets_of(segment("10.0.0.2", "198.51.100.7", "hello"), "hello", much.substr(0, 65'520) + "hello").is_whole);
}

BOOST_AUTO_TEST_CASE(the_first_packets_are_cut_first) {
  auto evidence = packets_of(segment("10.0.0.2", "198.51.100.7", "end"), "end", std::string(500, 'x') + "end");
  BOOST_REQUIRE_EQUAL(evidence.packets.size(), 2U);
  const auto last = evidence.packets[1].bytes.size();
  evidence.cut(last + 100);
  BOOST_TEST(evidence.packets[0].bytes.size() == 100U);
  BOOST_TEST(evidence.packets[0].size == 500U + last - 3);
  BOOST_TEST(evidence.packets[1].bytes.size() == last);
  BOOST_TEST(!evidence.is_whole);
  evidence.cut(0);
  BOOST_TEST(evidence.packets[1].bytes.empty());
}

// Another reader of the form is tshark: tests/cases/evidence-export.
BOOST_AUTO_TEST_CASE(the_capture_is_read_as_it_was_written) {
  const ScratchFolder folder;
  const auto evidence = packets_of(segment("10.0.0.2", "198.51.100.7", "end"), "end", "the end");
  const auto path = folder.file("c.pcapng");
  std::ofstream{path, std::ios::binary} << evidence.capture();
  auto reader = CaptureReader::open(path);
  BOOST_REQUIRE(reader);
  CapturedPacket captured;
  for (const auto& packet : evidence.packets) {
    BOOST_REQUIRE((reader->next(captured) == CaptureNext::packet));
    BOOST_TEST(as_text(captured.data) == packet.bytes);
    BOOST_TEST(captured.wire_length == packet.size);
    BOOST_TEST((captured.time == header(EventType::alert).time));
    BOOST_TEST(captured.link_type == 1U);
  }
  BOOST_TEST((reader->next(captured) == CaptureNext::end));
}

BOOST_AUTO_TEST_SUITE_END()
