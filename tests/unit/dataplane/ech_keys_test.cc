// Keys of ECH taken out of answers. Messages and frames, before and after, were written by scapy 2.5; tshark 4.0 reads
// the parameters as the comments say, and finds the checksums right.
#include "dataplane/dns/ech_keys.hh"

#include <boost/test/unit_test.hpp>
#include <string>
#include <utility>
#include <vector>

#include "dataplane/packet/decoder.hh"
#include "dataplane/verdict/ech_strip.hh"
#include "tests/unit/hex.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

// alpn, ech; the bit AD is set. Without: alpn, 65280, all zeros; without AD.
constexpr const char* plain =
    "123481a000010001000000000161076578616d706c650000410001c00c004100010000012c0018000100000100030268320005000a0008fe"
    "0d00046b657973";
constexpr const char* plain_without =
    "1234818000010001000000000161076578616d706c650000410001c00c004100010000012c001800010000010003026832ff00000a000000"
    "00000000000000";
// alpn, ipv4hint, ech, ipv6hint. Without: ipv6hint before 65280.
constexpr const char* between =
    "123481a000010001000000000161076578616d706c650000410001c00c004100010000012c00340001000001000302683200040004c00002"
    "010005000a0008fe0d00046b6579730006001000000000000000000000000000000001";
constexpr const char* between_without =
    "1234818000010001000000000161076578616d706c650000410001c00c004100010000012c00340001000001000302683200040004c00002"
    "010006001000000000000000000000000000000001ff00000a00000000000000000000";
// mandatory = alpn, ech, ipv6hint; 65280 and 65282 are taken. Without: 65281, in the list too.
constexpr const char* mandatory =
    "123481a000010001000000000161076578616d706c650000410001c00c004100010000012c00400001000000000600010005000600010003"
    "0268320005000a0008fe0d00046b6579730006001000000000000000000000000000000001ff00000178ff02000179";
constexpr const char* mandatory_without =
    "1234818000010001000000000161076578616d706c650000410001c00c004100010000012c00400001000000000600010006ff0100010003"
    "0268320006001000000000000000000000000000000001ff00000178ff01000a00000000000000000000ff02000179";
// The second of them from 198.51.100.53:53 to 192.0.2.10:5000, in VLAN 7; checksums are right.
constexpr const char* udp_v4_vlan =
    "02000000000a02000000000b810000070800450000770001000040118e02c6336435c000020a003513880063c750123481a0000100010000"
    "00000161076578616d706c650000410001c00c004100010000012c00340001000001000302683200040004c00002010005000a0008fe0d00"
    "046b6579730006001000000000000000000000000000000001";
constexpr const char* udp_v4_vlan_without =
    "02000000000a02000000000b810000070800450000770001000040118e02c6336435c000020a003513880063be5412348180000100010000"
    "00000161076578616d706c650000410001c00c004100010000012c00340001000001000302683200040004c0000201000600100000000000"
    "0000000000000000000001ff00000a00000000000000000000";
// From 2001:db8::53 to 2001:db8::10.
constexpr const char* udp_v6 =
    "02000000000a02000000000b86dd600000000063114020010db800000000000000000000005320010db80000000000000000000000100035"
    "1388006357ef123481a000010001000000000161076578616d706c650000410001c00c004100010000012c00340001000001000302683200"
    "040004c00002010005000a0008fe0d00046b6579730006001000000000000000000000000000000001";
constexpr const char* udp_v6_without =
    "02000000000a02000000000b86dd600000000063114020010db800000000000000000000005320010db80000000000000000000000100035"
    "138800634ef31234818000010001000000000161076578616d706c650000410001c00c004100010000012c00340001000001000302683200"
    "040004c00002010006001000000000000000000000000000000001ff00000a00000000000000000000";
// In a TCP segment.
constexpr const char* tcp =
    "02000000000a02000000000b810000070800450000850001000040068dffc6336435c000020a00351388000000010000000150182000573b"
    "0000005b123481a000010001000000000161076578616d706c650000410001c00c004100010000012c003400010000010003026832000400"
    "04c00002010005000a0008fe0d00046b6579730006001000000000000000000000000000000001";
constexpr const char* tcp_without =
    "02000000000a02000000000b810000070800450000850001000040068dffc6336435c000020a003513880000000100000001501820004e3f"
    "0000005b1234818000010001000000000161076578616d706c650000410001c00c004100010000012c003400010000010003026832000400"
    "04c00002010006001000000000000000000000000000000001ff00000a00000000000000000000";

struct Stripped {
  std::size_t records = 0;
  std::vector<std::uint8_t> bytes;
};

Stripped without(const std::string& hex) {
  Stripped out{0, unhex(hex)};
  out.records = take_out_ech_keys(out.bytes);
  return out;
}

// Whether the packet was altered.
bool strip(std::vector<std::uint8_t>& frame) {
  Packet packet;
  packet.clear();
  packet.frame = frame;
  BOOST_REQUIRE(decode(packet, nullptr));
  if (!may_strip_ech(packet)) return false;
  strip_ech(packet, frame);
  return true;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ech_keys)

BOOST_AUTO_TEST_CASE(a_parameter_moves_to_where_its_new_number_belongs) {
  for (const auto& [before, after] :
       {std::pair{plain, plain_without}, {between, between_without}, {mandatory, mandatory_without}}) {
    BOOST_TEST(holds_ech_keys(unhex(before)));
    const auto out = without(before);
    BOOST_TEST(out.records == 1U);
    BOOST_TEST(out.bytes == unhex(after), boost::test_tools::per_element());
    BOOST_TEST(!holds_ech_keys(out.bytes));
  }
}

BOOST_AUTO_TEST_CASE(questions_and_records_of_other_form_stay_as_they_are) {
  auto question = unhex(plain);
  question[2] &= 0x7f;  // QR
  auto other_type = unhex(plain);
  other_type[30] = 16;  // TXT
  auto falling = unhex(plain);
  falling[43] = 9;  // alpn's number: the next one is smaller
  for (auto message : {question, other_type, falling}) {
    const auto before = message;
    BOOST_TEST(!holds_ech_keys(message));
    BOOST_TEST(take_out_ech_keys(message) == 0U);
    BOOST_TEST(message == before, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(a_message_may_end_anywhere) {
  const auto whole = unhex(between);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    std::vector<std::uint8_t> cut{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)};
    BOOST_TEST(take_out_ech_keys(cut) == 0U);
  }
}

// All private numbers are taken: there is none left for it.
BOOST_AUTO_TEST_CASE(without_a_free_number_the_record_stays) {
  auto message = unhex(plain);
  for (std::uint32_t key = 65280; key < 65535; ++key)
    for (const auto byte : {key >> 8, key & 0xff, 0U, 0U}) message.push_back(static_cast<std::uint8_t>(byte));
  const auto size = message.size() - 39;  // of the record's data, which begin there
  message[37] = static_cast<std::uint8_t>(size >> 8);
  message[38] = static_cast<std::uint8_t>(size);
  BOOST_TEST(take_out_ech_keys(message) == 0U);
  message.resize(message.size() - 4);
  message[37] = static_cast<std::uint8_t>((size - 4) >> 8);
  message[38] = static_cast<std::uint8_t>(size - 4);
  BOOST_TEST(take_out_ech_keys(message) == 1U);
}

BOOST_AUTO_TEST_CASE(frames_keep_their_length_and_right_checksums) {
  for (const auto& [before, after] :
       {std::pair{udp_v4_vlan, udp_v4_vlan_without}, {udp_v6, udp_v6_without}, {tcp, tcp_without}}) {
    auto frame = unhex(before);
    BOOST_TEST(strip(frame));
    BOOST_TEST(frame == unhex(after), boost::test_tools::per_element());
    BOOST_TEST(!strip(frame));
  }
}

// RFC 768: a checksum of 0 is none, and stays.
BOOST_AUTO_TEST_CASE(no_checksum_stays_none) {
  auto frame = unhex(udp_v4_vlan);
  auto expected = unhex(udp_v4_vlan_without);
  constexpr std::size_t checksum_at = 14 + 4 + 20 + 6;
  frame[checksum_at] = frame[checksum_at + 1] = expected[checksum_at] = expected[checksum_at + 1] = 0;
  BOOST_TEST(strip(frame));
  BOOST_TEST(frame == expected, boost::test_tools::per_element());
}

// What begins or ends in another segment has left, or is not here yet.
BOOST_AUTO_TEST_CASE(a_part_of_a_message_in_a_segment_stays) {
  auto frame = unhex(tcp);
  constexpr std::size_t length_at = 14 + 4 + 20 + 20;
  ++frame[length_at + 1];
  BOOST_TEST(!strip(frame));
}

BOOST_AUTO_TEST_CASE(other_ports_are_not_dns) {
  auto frame = unhex(udp_v6);
  constexpr std::size_t port_at = 14 + 40;
  frame[port_at + 1] = 54;
  BOOST_TEST(!strip(frame));
}

BOOST_AUTO_TEST_SUITE_END()
