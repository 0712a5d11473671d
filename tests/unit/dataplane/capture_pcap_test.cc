#include "dataplane/capture/pcap.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/capture_files.hh"

using namespace sluice::test;
using sluice::CaptureNext;

namespace {

// A header with this version and link field, then a record with lengths 7 and 5 and five bytes of data.
Raw with_version_and_link(const std::string& version, const std::string& link) {
  return raw("d4c3b2a1 " + version + " 00000000 00000000 00000400 " + link +
             "00000000 00000000 07000000 05000000 0102030405");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(capture_pcap)

BOOST_AUTO_TEST_CASE(little_endian_microseconds) {
  const auto all = reading(raw(pcap_little));
  BOOST_REQUIRE(all.opened);
  BOOST_TEST(all.packets == pcap_packets, boost::test_tools::per_element());
  BOOST_TEST((all.last == CaptureNext::end));
  BOOST_TEST(all.reason == "");
  BOOST_REQUIRE(all.interfaces.size() == 1U);
  BOOST_TEST(all.interfaces[0].link_type == 1);
  BOOST_TEST(all.interfaces[0].snap_length == 262'144U);
  BOOST_TEST(all.interfaces[0].clock.resolution == 6);
}

BOOST_AUTO_TEST_CASE(big_endian_microseconds) {
  const auto all =
      reading(raw("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001"
                  "6553f100 0001e240 00000005 00000007 deadbeef01"
                  "6553f101 00000000 00000000 00000000"));
  BOOST_TEST(all.packets == pcap_packets, boost::test_tools::per_element());
  BOOST_TEST((all.last == CaptureNext::end));
}

BOOST_AUTO_TEST_CASE(nanoseconds_in_both_orders) {
  for (const auto* file : {"4d3cb2a1 02000400 00000000 00000000 ffff0000 65000000"
                           "00f15365 15cd5b07 01000000 01000000 45",
                           "a1b23c4d 00020004 00000000 00000000 0000ffff 00000065"
                           "6553f100 075bcd15 00000001 00000001 45"}) {
    const auto all = reading(raw(file));
    const std::vector<KeptPacket> expected{{{0x45}, 1, 1'700'000'000'123'456'789, 101, 0}};
    BOOST_TEST(all.packets == expected, boost::test_tools::per_element());
    BOOST_TEST((all.last == CaptureNext::end));
    BOOST_TEST(all.interfaces.at(0).clock.resolution == 9);
  }
}

BOOST_AUTO_TEST_CASE(modified_files_have_longer_record_headers) {
  // ... interface index, protocol, packet type, padding
  for (const auto* file : {"34cdb2a1 02000400 00000000 00000000 00000400 01000000"
                           "00f15365 40e20100 02000000 02000000 03000000 0800 00 00 abcd"
                           "00f15365 40e20100 01000000 01000000 03000000 0800 00 00 ef",
                           "a1b2cd34 00020004 00000000 00000000 00040000 00000001"
                           "6553f100 0001e240 00000002 00000002 00000003 0008 00 00 abcd"
                           "6553f100 0001e240 00000001 00000001 00000003 0008 00 00 ef"}) {
    const auto all = reading(raw(file));
    const std::vector<KeptPacket> expected{{{0xab, 0xcd}, 2, 1'700'000'000'123'456'000, 1, 0},
                                           {{0xef}, 1, 1'700'000'000'123'456'000, 1, 0}};
    BOOST_TEST(all.packets == expected, boost::test_tools::per_element());
    BOOST_TEST((all.last == CaptureNext::end));
  }
}

BOOST_AUTO_TEST_CASE(no_packets_is_fine) {
  const auto all = reading(raw("d4c3b2a1 02000400 00000000 00000000 00000400 01000000"));
  BOOST_TEST(all.opened);
  BOOST_TEST(all.packets.empty());
  BOOST_TEST((all.last == CaptureNext::end));
}

BOOST_AUTO_TEST_CASE(old_versions_have_the_lengths_in_the_other_order) {
  for (const auto* version : {"0200 0200", "0200 0300", "1f02 0000"}) {
    const auto all = reading(with_version_and_link(version, "01000000"));
    BOOST_REQUIRE(all.packets.size() == 1U);
    BOOST_TEST(all.packets[0].data.size() == 5U);
    BOOST_TEST(all.packets[0].wire_length == 7U);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_version_is_read_as_2_4) {
  const auto all =
      reading(raw("d4c3b2a1 0200 0500 00000000 00000000 00000400 01000000"
                  "00000000 00000000 05000000 07000000 0102030405"));
  BOOST_REQUIRE(all.packets.size() == 1U);
  BOOST_TEST(all.packets[0].data.size() == 5U);
  BOOST_TEST(all.packets[0].wire_length == 7U);
}

BOOST_AUTO_TEST_CASE(the_link_type_is_the_low_half_of_its_field) {
  const auto reader = sluice::CaptureReader::read(memory_file(with_version_and_link("0200 0200", "e5000030")), "m");
  BOOST_REQUIRE(reader.has_value());
  BOOST_TEST(reader->interfaces()[0].link_type == 229);
  BOOST_TEST(reader->container().link_field == 0x300000e5U);  // kept, so that it can be written again
}

BOOST_AUTO_TEST_CASE(a_fraction_of_more_than_a_second_carries) {
  const auto all =
      reading(raw("d4c3b2a1 02000400 00000000 00000000 00000400 01000000"
                  "00f15365 60e31600 00000000 00000000"));  // 1.5 s
  BOOST_REQUIRE(all.packets.size() == 1U);
  BOOST_TEST(all.packets[0].nanoseconds == 1'700'000'001'500'000'000);
}

BOOST_AUTO_TEST_CASE(a_packet_may_claim_less_wire_than_it_holds) {
  const auto all =
      reading(raw("d4c3b2a1 02000400 00000000 00000000 00000400 01000000"
                  "00000000 00000000 02000000 01000000 abcd"));
  BOOST_REQUIRE(all.packets.size() == 1U);
  BOOST_TEST(all.packets[0].data.size() == 2U);
  BOOST_TEST(all.packets[0].wire_length == 1U);
}

BOOST_AUTO_TEST_CASE(any_prefix_gives_its_whole_packets) {
  const auto whole = raw(pcap_little);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST_CONTEXT(size << " bytes") {
      const auto all = reading(sluice::Bytes{whole}.first(size));
      BOOST_TEST(all.opened == (size >= 24));
      if (!all.opened) {
        BOOST_TEST(all.error.starts_with("memory: "));
        continue;
      }
      // Header 24, packets 16 + 5 and 16.
      BOOST_TEST(all.packets.size() == (size >= 45 ? 1U : 0U));
      if (!all.packets.empty()) BOOST_TEST(all.packets[0] == pcap_packets[0]);
      const bool between = size == 24 || size == 45;
      BOOST_TEST((all.last == (between ? CaptureNext::end : CaptureNext::cut)));
      BOOST_TEST(all.reason.empty() == between);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_cut_says_what_and_where) {
  const auto whole = raw(pcap_little);
  BOOST_TEST(reading(sluice::Bytes{whole}.first(30)).reason ==
             "ends in the header of the packet at byte 24: 6 of 16 bytes");
  BOOST_TEST(reading(sluice::Bytes{whole}.first(44)).reason == "ends in the packet at byte 24: 20 of 21 bytes");
}

BOOST_AUTO_TEST_CASE(garbage_behind_good_packets_is_a_cut) {
  const auto all = reading(joined(raw(pcap_little), raw("00000000 00000000 01000004 00000000 ffff")));
  BOOST_TEST(all.packets == pcap_packets, boost::test_tools::per_element());
  BOOST_TEST((all.last == CaptureNext::cut));
  BOOST_TEST(all.reason == "damaged at byte 61: a packet of 67108865 bytes");
}

BOOST_AUTO_TEST_CASE(the_largest_packet_is_64_mib) {
  auto file = raw("d4c3b2a1 02000400 00000000 00000000 00000400 01000000 00000000 00000000 00000004 00000004");
  file.resize(file.size() + (64U << 20U), 0x5a);
  auto all = reading(file);
  BOOST_REQUIRE(all.packets.size() == 1U);
  BOOST_TEST(all.packets[0].data.size() == 64U << 20U);
  BOOST_TEST(all.packets[0].data.back() == 0x5a);
  BOOST_TEST((all.last == CaptureNext::end));
  file.pop_back();
  all = reading(file);
  BOOST_TEST(all.packets.empty());
  BOOST_TEST((all.last == CaptureNext::cut));
}

BOOST_AUTO_TEST_SUITE_END()
