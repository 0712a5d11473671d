#include "dataplane/quic/gquic.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/quic_samples.hh"

using quic_samples::from_hex;
using sluice::Bytes;
using sluice::parse_gquic_datagram;
using sluice::parse_gquic_hello;
using sluice::Probe;
using sluice::probe_gquic;
using sluice::QuicError;

namespace {

// PAD of six bytes, SNI "www.example.org", VER "Q043", UAID "test Phone". tshark 4.0 reads the same name and agent
// from each of the datagrams below.
constexpr std::string_view hello =
    "43484c4f040000005041440006000000534e490015000000564552001900000055414944230000002d2d2d2d2d2d7777772e6578616d706c65"
    "2e6f726751303433746573742050686f6e65";

// Flags, ID, version, packet number, hash, STREAM frame; before Q034 a byte of private flags stands behind the hash.
std::string q024() { return "0d01020304050607085130323401a0a1a2a3a4a5a6a7a8a9aaab00a0014b00" + std::string{hello}; }
std::string q035() { return "0901020304050607085130333501a0a1a2a3a4a5a6a7a8a9aaaba0014b00" + std::string{hello}; }
// The length of the frame in network order, the packet number in two bytes.
std::string q043() { return "190102030405060708513034330001a0a1a2a3a4a5a6a7a8a9aaaba001004b" + std::string{hello}; }
// A long header; the frame has an offset, as a second hello has.
std::string q046() {
  return "c35130343650010203040506070800000001a0a1a2a3a4a5a6a7a8a9aaaba4010400004b" + std::string{hello};
}

void check(const std::string& hex, std::uint32_t version) {
  const auto bytes = from_hex(hex);
  BOOST_TEST((probe_gquic(bytes) == Probe::yes), hex.substr(0, 40));
  const auto datagram = parse_gquic_datagram(bytes);
  BOOST_REQUIRE_MESSAGE(datagram, hex.substr(0, 40));
  BOOST_TEST(datagram->version == version);
  BOOST_TEST(datagram->hello.sni == "www.example.org");
  BOOST_TEST(datagram->hello.user_agent == "test Phone");
}

QuicError datagram_error(std::string_view hex) {
  const auto bytes = from_hex(hex);
  const auto datagram = parse_gquic_datagram(bytes);
  BOOST_REQUIRE(!datagram);
  return datagram.error();
}

QuicError hello_error(std::string_view hex) {
  const auto bytes = from_hex(hex);
  const auto parsed = parse_gquic_hello(bytes);
  BOOST_REQUIRE(!parsed);
  return parsed.error();
}

std::string replaced(std::string hex, std::size_t byte, std::string_view by) {
  return hex.replace(2 * byte, by.size(), by);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gquic)

BOOST_AUTO_TEST_CASE(the_name_in_every_layout) {
  check(q024(), 0x51303234);
  check(replaced(q024(), 9, "51303333"), 0x51303333);  // Q033 was the last with private flags
  check(replaced(q035(), 9, "51303334"), 0x51303334);
  check(q035(), 0x51303335);
  check(replaced(q035(), 9, "51303338"), 0x51303338);  // Q038 was the last in little-endian order
  check(replaced(q043(), 9, "51303339"), 0x51303339);
  check(q043(), 0x51303433);
  check(q046(), 0x51303436);
  // PADDING behind the frame
  check(q043() + "00000000", 0x51303433);
  // A frame without length takes the rest
  check("190102030405060708513034330001a0a1a2a3a4a5a6a7a8a9aaab8001" + std::string{hello}, 0x51303433);
}

BOOST_AUTO_TEST_CASE(packet_numbers_of_one_to_six_bytes) {
  const std::string id_and_version = "010203040506070851303433";
  const std::string rest = "a0a1a2a3a4a5a6a7a8a9aaaba001004b" + std::string{hello};
  check("09" + id_and_version + "01" + rest, 0x51303433);
  check("29" + id_and_version + "00000001" + rest, 0x51303433);
  check("39" + id_and_version + "000000000001" + rest, 0x51303433);
}

BOOST_AUTO_TEST_CASE(other_datagrams_are_not) {
  for (const auto& hex :
       {std::string{}, replaced(q043(), 0, "18"), replaced(q043(), 0, "1b"), replaced(q043(), 0, "59"),
        replaced(q043(), 9, "51303434"), replaced(q043(), 9, "5130333a"), replaced(q043(), 9, "51303233"),
        replaced(q046(), 1, "51303435"), replaced(q046(), 5, "55"), std::string{quic_samples::client_initial_v1}}) {
    BOOST_TEST((probe_gquic(from_hex(hex)) == Probe::no), hex.substr(0, 40));
    BOOST_TEST((datagram_error(hex) == QuicError::unknown_version), hex.substr(0, 40));
  }
}

BOOST_AUTO_TEST_CASE(a_datagram_cut_anywhere_gives_no_name) {
  struct Row {
    std::string hex;
    std::size_t version_end;
    std::size_t header_end;
  };
  for (const auto& row : {Row{q024(), 13, 27}, Row{q043(), 13, 27}, Row{q046(), 5, 30}}) {
    const auto bytes = from_hex(row.hex);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto cut = Bytes{bytes}.first(size);
      const auto expected = size < row.version_end ? Probe::no : size < row.header_end ? Probe::maybe : Probe::yes;
      BOOST_TEST((probe_gquic(cut) == expected), row.hex.substr(0, 30) << " size " << size);
      const auto datagram = parse_gquic_datagram(cut);
      BOOST_REQUIRE(!datagram);
      const auto reason = size < row.version_end ? QuicError::unknown_version : QuicError::truncated;
      BOOST_TEST((datagram.error() == reason), row.hex.substr(0, 30) << " size " << size);
    }
  }
}

BOOST_AUTO_TEST_CASE(other_frames_and_streams_are_refused) {
  BOOST_TEST((datagram_error(replaced(q043(), 27, "40")) == QuicError::frame));    // ACK
  BOOST_TEST((datagram_error(replaced(q043(), 28, "03")) == QuicError::frame));    // stream 3
  BOOST_TEST((datagram_error(replaced(q043(), 31, "5245")) == QuicError::frame));  // not CHLO
}

BOOST_AUTO_TEST_CASE(a_hello_that_contradicts_itself) {
  BOOST_TEST((hello_error("") == QuicError::truncated));
  BOOST_TEST((hello_error("52454a0000000000") == QuicError::frame));  // REJ
  BOOST_TEST((hello_error("43484c4f81000000") == QuicError::frame));  // 129 entries
  BOOST_TEST((hello_error("43484c4f80000000") == QuicError::truncated));
  BOOST_TEST((hello_error("43484c4f02000000"
                          "5041440006000000"
                          "534e490005000000"
                          "777777777777") == QuicError::frame));  // a value that ends before it begins
  BOOST_TEST((hello_error("43484c4f01000000"
                          "534e4900ffffffff"
                          "7777") == QuicError::truncated));
  const auto empty = parse_gquic_hello(from_hex("43484c4f00000000"));
  BOOST_REQUIRE(empty);
  BOOST_TEST(empty->sni.empty());
}

BOOST_AUTO_TEST_SUITE_END()
