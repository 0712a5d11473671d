#include "dataplane/quic/quic.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/quic_samples.hh"

using quic_samples::from_hex;
using sluice::Bytes;
using sluice::next_long_packet;
using sluice::next_quic_frame;
using sluice::Probe;
using sluice::probe_quic;
using sluice::QuicError;
using sluice::QuicFrameType;
using sluice::QuicPacketType;
using sluice::Reader;

namespace {

Probe probe(std::string_view hex) { return probe_quic(from_hex(hex)); }

std::vector<std::uint8_t> joined(std::initializer_list<std::string_view> parts) {
  std::string hex;
  for (const auto part : parts) hex += part;
  return from_hex(hex);
}

// The error of the first packet; fails where there is none.
QuicError packet_error(std::string_view hex) {
  const auto bytes = from_hex(hex);
  Reader reader{bytes};
  const auto packet = next_long_packet(reader);
  BOOST_REQUIRE(!packet);
  BOOST_TEST(reader.left() == 0U);  // a loop over what is left ends
  return packet.error();
}

QuicError frame_error(std::string_view hex) {
  const auto bytes = from_hex(hex);
  Reader reader{bytes};
  for (;;) {
    BOOST_REQUIRE(reader.left() > 0);
    const auto frame = next_quic_frame(reader);
    if (frame) continue;
    BOOST_TEST(reader.left() == 0U);
    return frame.error();
  }
}

QuicPacketType type_of(std::string_view hex) {
  const auto bytes = from_hex(hex);
  Reader reader{bytes};
  const auto packet = next_long_packet(reader);
  BOOST_REQUIRE(packet);
  return packet->type;
}

bool same(Bytes bytes, std::string_view hex) { return std::ranges::equal(bytes, from_hex(hex)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(quic)

BOOST_AUTO_TEST_CASE(known_versions_are_recognised) {
  BOOST_TEST((probe(quic_samples::client_initial_v1) == Probe::yes));
  BOOST_TEST((probe(quic_samples::client_initial_v2) == Probe::yes));
  BOOST_TEST((probe(quic_samples::server_initial_v1) == Probe::yes));
  BOOST_TEST((probe("c0ff00001d088394c8f03e51570800") == Probe::yes));  // draft-29
  BOOST_TEST((probe("c0faceb002088394c8f03e51570800") == Probe::yes));  // mvfst
  BOOST_TEST((probe("ca1a2a3a4a088394c8f03e51570800") == Probe::yes));  // reserved
  BOOST_TEST((probe("8000000001088394c8f03e51570800") == Probe::yes));  // RFC 9287: the fixed bit may be clear
  BOOST_TEST((probe("c35130343600") == Probe::yes));                    // Q046
  BOOST_TEST((probe("c354303531088394c8f03e51570800") == Probe::yes));  // T051
  // Version Negotiation that offers v1 and draft-29
  BOOST_TEST((probe("80000000000008f067a5502a4262b500000001ff00001d") == Probe::yes));
}

BOOST_AUTO_TEST_CASE(other_protocols_are_not) {
  BOOST_TEST((probe("") == Probe::no));
  BOOST_TEST((probe("4000000001088394c8f03e51570800") == Probe::no));  // a short header
  BOOST_TEST((probe("c000000002088394c8f03e51570800") == Probe::no));  // no such version
  BOOST_TEST((probe("c0ff000015088394c8f03e51570800") == Probe::no));  // draft-21 wrote its IDs another way
  BOOST_TEST((probe("8a1a2a3a4a088394c8f03e51570800") == Probe::no));  // reserved, without the fixed bit
  BOOST_TEST((probe("c000000001158394c8f03e515708000000000000000000000000000000") == Probe::no));  // ID of 21 bytes
  BOOST_TEST((probe("c35130343300") == Probe::no));                              // Q043 has no long header
  BOOST_TEST((probe("8060b5e4000003e8deadbeefde000000") == Probe::no));          // RTP
  BOOST_TEST((probe("000100002112a442b7e7a701bc34d686fa87dfae") == Probe::no));  // STUN
  // Version Negotiation: without a version, with half of one, with unknown ones
  BOOST_TEST((probe("80000000000008f067a5502a4262b5") == Probe::no));
  BOOST_TEST((probe("80000000000008f067a5502a4262b5000000") == Probe::no));
  BOOST_TEST((probe("80000000000008f067a5502a4262b57777777788888888") == Probe::no));
}

BOOST_AUTO_TEST_CASE(a_cut_header_may_be_quic) {
  const auto packet = from_hex(quic_samples::client_initial_v1);
  const std::size_t header = 1 + 4 + 1 + 8 + 1;
  for (std::size_t size = 1; size <= packet.size(); ++size)
    BOOST_TEST((probe_quic(Bytes{packet}.first(size)) == (size < header ? Probe::maybe : Probe::yes)), "size " << size);
}

BOOST_AUTO_TEST_CASE(integers_of_one_to_eight_bytes) {  // RFC 9000 appendix A.1
  const auto value = [](std::string_view hex) {
    const auto bytes = from_hex(hex);
    Reader reader{bytes};
    const auto read = sluice::read_quic_varint(reader);
    BOOST_TEST(reader.ok());
    BOOST_TEST(reader.left() == 0U);
    return read;
  };
  BOOST_TEST(value("c2197c5eff14e88c") == 151288809941952652U);
  BOOST_TEST(value("9d7f3e7d") == 494878333U);
  BOOST_TEST(value("7bbd") == 15293U);
  BOOST_TEST(value("25") == 37U);
  BOOST_TEST(value("4025") == 37U);
  const auto cut = from_hex("c2197c");
  Reader reader{cut};
  BOOST_TEST(sluice::read_quic_varint(reader) == 0U);
  BOOST_TEST(!reader.ok());
}

BOOST_AUTO_TEST_CASE(the_header_of_an_initial) {
  const auto bytes = from_hex(quic_samples::client_initial_v1);
  Reader reader{bytes};
  const auto packet = next_long_packet(reader);
  BOOST_REQUIRE(packet);
  BOOST_TEST(packet->version == 1U);
  BOOST_TEST((packet->type == QuicPacketType::initial));
  BOOST_TEST(same(packet->dcid, quic_samples::dcid));
  BOOST_TEST(packet->scid.empty());
  BOOST_TEST(packet->token.empty());
  BOOST_TEST(packet->whole_packet.size() == 1200U);
  BOOST_TEST(packet->packet_number_offset == 18U);  // RFC 9001 appendix A.2: header[18..21]
  BOOST_TEST(reader.left() == 0U);
}

BOOST_AUTO_TEST_CASE(a_token_moves_the_packet_number) {
  const auto bytes = from_hex("c00000000104aabbccdd02eeff05746f6b656e4006010203040506");
  Reader reader{bytes};
  const auto packet = next_long_packet(reader);
  BOOST_REQUIRE(packet);
  BOOST_TEST(same(packet->dcid, "aabbccdd"));
  BOOST_TEST(same(packet->scid, "eeff"));
  BOOST_TEST(same(packet->token, "746f6b656e"));
  BOOST_TEST(packet->packet_number_offset == bytes.size() - 6);
}

BOOST_AUTO_TEST_CASE(type_bits_depend_on_the_version) {
  // RFC 9000 section 17.2, table 5
  BOOST_TEST((type_of("c000000001000000016e") == QuicPacketType::initial));
  BOOST_TEST((type_of("d0000000010000016e") == QuicPacketType::zero_rtt));
  BOOST_TEST((type_of("e0000000010000016e") == QuicPacketType::handshake));
  BOOST_TEST((type_of(quic_samples::retry_v1) == QuicPacketType::retry));
  // RFC 9369 section 3.2
  BOOST_TEST((type_of("d06b3343cf000000016e") == QuicPacketType::initial));
  BOOST_TEST((type_of("e06b3343cf0000016e") == QuicPacketType::zero_rtt));
  BOOST_TEST((type_of("f06b3343cf0000016e") == QuicPacketType::handshake));
  BOOST_TEST((type_of(quic_samples::retry_v2) == QuicPacketType::retry));
  // RFC 9000 section 17.2.1: no type bits
  BOOST_TEST((type_of("f0000000000008f067a5502a4262b500000001") == QuicPacketType::version_negotiation));
}

BOOST_AUTO_TEST_CASE(packets_share_a_datagram) {
  const std::string_view zero_rtt = "d000000001088394c8f03e515708000301aabb";
  const std::string_view short_header = "41aabbccddeeff00112233445566778899";
  const auto bytes = joined({quic_samples::client_initial_v1, zero_rtt, short_header});
  Reader reader{bytes};
  const auto first = next_long_packet(reader);
  BOOST_REQUIRE(first);
  BOOST_TEST(first->whole_packet.size() == 1200U);
  const auto second = next_long_packet(reader);
  BOOST_REQUIRE(second);
  BOOST_TEST((second->type == QuicPacketType::zero_rtt));
  BOOST_TEST(same(second->whole_packet, zero_rtt));
  BOOST_TEST(second->packet_number_offset == zero_rtt.size() / 2 - 3);
  BOOST_TEST(reader.left() == short_header.size() / 2);
  const auto third = next_long_packet(reader);
  BOOST_REQUIRE(!third);
  BOOST_TEST((third.error() == QuicError::not_long_header));
  BOOST_TEST(reader.left() == 0U);
}

BOOST_AUTO_TEST_CASE(packets_without_a_length_take_the_rest) {
  const auto bytes = joined({quic_samples::retry_v1, quic_samples::client_initial_v1});
  Reader reader{bytes};
  const auto packet = next_long_packet(reader);
  BOOST_REQUIRE(packet);
  BOOST_TEST(packet->whole_packet.size() == bytes.size());
  BOOST_TEST(packet->packet_number_offset == 0U);
  BOOST_TEST(reader.left() == 0U);
}

BOOST_AUTO_TEST_CASE(a_packet_cut_anywhere_is_truncated) {
  const auto bytes = from_hex(quic_samples::client_initial_v1);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    Reader reader{Bytes{bytes}.first(size)};
    const auto packet = next_long_packet(reader);
    BOOST_REQUIRE_MESSAGE(!packet, "size " << size);
    BOOST_TEST((packet.error() == QuicError::truncated), "size " << size);
    BOOST_TEST(reader.left() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(headers_that_cannot_be_read) {
  BOOST_TEST((packet_error("4000000001000000016e") == QuicError::not_long_header));
  BOOST_TEST((packet_error("c000000002000000016e") == QuicError::unknown_version));
  BOOST_TEST((packet_error("c351303436500102030405060708") == QuicError::unknown_version));  // Q046
  BOOST_TEST((packet_error("c00000000115000000000000000000000000000000000000000000000000016e") ==
              QuicError::connection_id_length));
  // A length that no datagram has
  BOOST_TEST((packet_error("c0000000010000"
                           "00"
                           "ffffffffffffffff6e") == QuicError::truncated));
}

BOOST_AUTO_TEST_CASE(the_frames_of_an_initial) {
  const auto bytes = joined({
      "000000",                  // PADDING
      "01",                      // PING
      "020701020304050607",      // ACK: largest 7, delay 1, two ranges behind the first
      "0341000101020304050607",  // ACK with ECN counts, one range
      "06000548656c6c6f",        // CRYPTO at 0: "Hello"
      "068001000003576f72",      // CRYPTO at 65,536
      "1c0a0006726561736f6e",    // CONNECTION_CLOSE
      "00",
  });
  Reader reader{bytes};
  const auto next = [&reader] {
    const auto frame = next_quic_frame(reader);
    BOOST_REQUIRE(frame);
    return *frame;
  };
  BOOST_TEST((next().type == QuicFrameType::padding));
  BOOST_TEST((next().type == QuicFrameType::ping));
  BOOST_TEST((next().type == QuicFrameType::ack));
  BOOST_TEST((next().type == QuicFrameType::ack));
  const auto hello = next();
  BOOST_TEST((hello.type == QuicFrameType::crypto));
  BOOST_TEST(hello.offset == 0U);
  BOOST_TEST(sluice::as_text(hello.data) == "Hello");
  const auto later = next();
  BOOST_TEST(later.offset == 65536U);
  BOOST_TEST(sluice::as_text(later.data) == "Wor");
  BOOST_TEST((next().type == QuicFrameType::connection_close));
  BOOST_TEST((next().type == QuicFrameType::padding));
  BOOST_TEST(reader.left() == 0U);
}

BOOST_AUTO_TEST_CASE(frames_that_an_initial_may_not_carry) {  // RFC 9000 sections 12.4, 17.2.2
  for (const auto* type : {"04", "05", "07", "08", "0f", "10", "18", "1a", "1d", "1e", "30"})
    BOOST_TEST((frame_error(std::string{type} + "0000000000000000") == QuicError::frame), "type " << type);
  BOOST_TEST((frame_error("4001") == QuicError::frame));  // PING in two bytes
  // CRYPTO that would end behind 2^62 - 1 (section 19.6)
  BOOST_TEST((frame_error("06ffffffffffffffff0141") == QuicError::frame));
}

BOOST_AUTO_TEST_CASE(the_frames_of_google) {
  const auto bytes = from_hex("00000708000548656c6c6f");  // PADDING, PING, CRYPTO
  Reader reader{bytes};
  const auto next = [&reader] {
    const auto frame = next_quic_frame(reader, sluice::quic_family(sluice::quic_version_t051));
    BOOST_REQUIRE(frame);
    return *frame;
  };
  BOOST_TEST((next().type == QuicFrameType::padding));
  BOOST_TEST((next().type == QuicFrameType::ping));
  BOOST_TEST(sluice::as_text(next().data) == "Hello");
  BOOST_TEST(reader.left() == 0U);
  for (const auto* type : {"01", "02", "06", "1c", "40"}) {
    const auto other = from_hex(std::string{type} + "000000000000");
    Reader refused{other};
    const auto frame = next_quic_frame(refused, sluice::QuicFamily::google);
    BOOST_REQUIRE_MESSAGE(!frame, "type " << type);
    BOOST_TEST((frame.error() == QuicError::frame));
  }
}

BOOST_AUTO_TEST_CASE(frames_cut_anywhere_are_truncated) {
  for (const std::string_view whole :
       {"020701020304050607", "0341000101020304050607", "06000548656c6c6f", "1c0a0006726561736f6e"}) {
    for (std::size_t size = 2; size < whole.size(); size += 2)
      BOOST_TEST((frame_error(whole.substr(0, size)) == QuicError::truncated), whole.substr(0, size));
  }
  BOOST_TEST((frame_error("020000ffffffffffffffff000000") == QuicError::truncated));  // ACK with 2^62 - 1 ranges
}

BOOST_AUTO_TEST_SUITE_END()
