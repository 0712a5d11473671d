#include "dataplane/capture/pcapng.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/capture_files.hh"

using namespace sluice::test;
using sluice::CaptureNext;

namespace {

constexpr std::string_view section = "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000";
constexpr std::string_view ethernet = "01000000 14000000 0100 0000 00000000 14000000";
constexpr std::string_view packet = "06000000 24000000 00000000 00000000 07000000 01000000 01000000 ab000000 24000000";

// A file of these blocks behind a section header and an Ethernet interface.
Raw with(std::initializer_list<std::string_view> blocks) {
  Raw file = joined(raw(section), raw(ethernet));
  for (const auto block : blocks) file = joined(std::move(file), raw(block));
  return file;
}

void check_damaged(std::string_view block, const std::string& what) {
  BOOST_TEST_CONTEXT(block) {
    const auto all = reading(with({packet, block, packet}));
    BOOST_TEST(all.packets.size() == 1U);
    BOOST_TEST((all.last == CaptureNext::cut));
    BOOST_TEST(all.reason == "stops at the block at byte 84: " + what);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(capture_pcapng)

BOOST_AUTO_TEST_CASE(two_interfaces_little_endian) {
  const auto all = reading(raw(pcapng_little));
  BOOST_REQUIRE(all.opened);
  BOOST_TEST(all.packets == pcapng_packets, boost::test_tools::per_element());
  BOOST_TEST((all.last == CaptureNext::end));
  BOOST_REQUIRE(all.interfaces.size() == 2U);
  BOOST_TEST(all.interfaces[0].link_type == 1);
  BOOST_TEST(all.interfaces[0].snap_length == 6U);
  BOOST_TEST(all.interfaces[0].name == "eth0");
  BOOST_TEST(all.interfaces[0].clock.resolution == 6);
  BOOST_TEST(all.interfaces[1].link_type == 101);
  BOOST_TEST(all.interfaces[1].snap_length == 0U);
  BOOST_TEST(all.interfaces[1].name == "");
  BOOST_TEST(all.interfaces[1].clock.resolution == 9);
}

BOOST_AUTO_TEST_CASE(two_interfaces_big_endian) {
  const auto all =
      reading(raw("0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c"
                  "00000001 00000020 0001 0000 00000006 0002 0004 65746830 0000 0000 00000020"
                  "00000001 00000020 0065 0000 00000000 0009 0001 09 000000 0000 0000 00000020"
                  "00000006 00000028 00000000 00060a24 18202240 00000005 00000007 deadbeef 01 000000 00000028"
                  "00000006 00000024 00000001 17979cfe 3d85cd15 00000003 00000003 450001 00 00000024"
                  "00000003 00000018 00000009 010203040506 0000 00000018"));
  BOOST_TEST(all.packets == pcapng_packets, boost::test_tools::per_element());
  BOOST_TEST((all.last == CaptureNext::end));
}

BOOST_AUTO_TEST_CASE(sections_of_both_orders_count_interfaces_on) {
  const auto all = reading(joined(with({packet}), raw("0a0d0d0a 0000001c 1a2b3c4d 00010000 ffffffffffffffff 0000001c"
                                                      "00000001 00000014 0065 0000 00000000 00000014"
                                                      "00000006 00000024 00000000 00000000 00000009 00000001 00000001"
                                                      "cd000000 00000024")));
  const std::vector<KeptPacket> expected{{{0xab}, 1, 7'000, 1, 0}, {{0xcd}, 1, 9'000, 101, 1}};
  BOOST_TEST(all.packets == expected, boost::test_tools::per_element());
  BOOST_TEST((all.last == CaptureNext::end));
  BOOST_TEST(all.interfaces.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_section_begins_without_interfaces) {
  const auto all = reading(joined(with({packet}), joined(raw(section), raw(packet))));
  BOOST_TEST(all.packets.size() == 1U);
  BOOST_TEST(all.reason == "stops at the block at byte 112: no interface 0");
}

BOOST_AUTO_TEST_CASE(the_obsolete_packet_block) {
  // interface 0 and 258 drops, or an interface of 258 if they were read as one number
  const auto all = reading(with({"02000000 24000000 0000 0201 00000000 07000000 01000000 05000000 ab000000 24000000"}));
  const std::vector<KeptPacket> expected{{{0xab}, 5, 7'000, 1, 0}};
  BOOST_TEST(all.packets == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_simple_packet_without_snap_length_is_whole) {
  const auto all = reading(with({packet, "03000000 14000000 03000000 aabbcc00 14000000"}));
  const std::vector<KeptPacket> expected{{{0xab}, 1, 7'000, 1, 0}, {{0xaa, 0xbb, 0xcc}, 3, 7'000, 1, 0}};
  BOOST_TEST(all.packets == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(resolution_and_offset) {
  // 2^-10 s and an offset of 1700000000 s; other options before, one behind the end that must not count
  const auto all = reading(
      joined(raw(section), raw("01000000 48000000 0100 0000 00000000 0100 0500 68656c6c6f 000000 0900 0100 8a000000"
                               "0e00 0800 00f1536500000000 0000 0000 0900 0100 06000000 0900 0100 06000000 48000000"
                               "06000000 20000000 00000000 00000000 00060000 00000000 00000000 20000000")));
  BOOST_REQUIRE(all.packets.size() == 1U);
  BOOST_TEST(all.packets[0].nanoseconds == 1'700'000'001'500'000'000);  // 1536 / 1024 s
  BOOST_TEST(all.packets[0].data.empty());
}

BOOST_AUTO_TEST_CASE(options_that_leave_the_block_are_ignored) {
  const auto all = reading(
      joined(raw(section), joined(raw("01000000 18000000 0100 0000 00000000 0200 ff00 18000000"), raw(packet))));
  BOOST_TEST(all.packets.size() == 1U);
  BOOST_TEST((all.last == CaptureNext::end));
  BOOST_TEST(all.interfaces.at(0).name == "");
}

BOOST_AUTO_TEST_CASE(a_long_interface_name_is_cut) {
  // 256 bytes of name: 12 + 8 + 4 + 256 = 280
  auto file = joined(raw(section), raw("01000000 18010000 0100 0000 00000000 0200 0001"));
  file.resize(file.size() + 256, 'x');
  const auto all = reading(joined(std::move(file), raw("18010000")));
  BOOST_TEST((all.last == CaptureNext::end));
  BOOST_TEST(all.interfaces.at(0).name == std::string(255, 'x'));
}

BOOST_AUTO_TEST_CASE(other_blocks_are_skipped) {
  const auto all = reading(with({"04000000 0c000000 0c000000",                    // name resolution
                                 packet,                                          //
                                 "ad0b0000 14000000 7f000000 deadbeef 14000000",  // custom
                                 "0a000000 10000000 4b534c54 10000000",           // keys
                                 packet, "05000000 18000000 00000000 00000000 00000000 18000000"}));
  BOOST_TEST(all.packets.size() == 2U);
  BOOST_TEST((all.last == CaptureNext::end));
}

BOOST_AUTO_TEST_CASE(a_large_unknown_block_is_skipped) {
  auto file = with({packet});
  const auto head = raw("99000000 00002000");  // 2 MiB: more than the reader's window
  file = joined(std::move(file), head);
  file.resize(file.size() + (2U << 20U) - 12);
  file = joined(joined(std::move(file), raw("00002000")), raw(packet));
  const auto all = reading(file);
  BOOST_TEST(all.packets.size() == 2U);
  BOOST_TEST((all.last == CaptureNext::end));
}

BOOST_AUTO_TEST_CASE(any_prefix_gives_its_whole_packets) {
  const auto whole = raw(pcapng_little);
  // Ends of the blocks: section 28, interfaces 60 and 92, packets 132, 168 and 192.
  BOOST_REQUIRE(whole.size() == 192U);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    BOOST_TEST_CONTEXT(size << " bytes") {
      const auto all = reading(sluice::Bytes{whole}.first(size));
      BOOST_TEST(all.opened == (size >= 28));
      if (!all.opened) {
        BOOST_TEST(all.error.starts_with("memory: "));
        continue;
      }
      const std::size_t packets = size >= 168 ? 2 : size >= 132 ? 1 : 0;
      BOOST_REQUIRE(all.packets.size() == packets);
      for (std::size_t i = 0; i < packets; ++i) BOOST_TEST(all.packets[i] == pcapng_packets[i]);
      const bool between = size == 28 || size == 60 || size == 92 || size == 132 || size == 168;
      BOOST_TEST((all.last == (between ? CaptureNext::end : CaptureNext::cut)));
      BOOST_TEST(all.reason.empty() == between);
    }
  }
}

BOOST_AUTO_TEST_CASE(damage_ends_the_reading) {
  check_damaged("06000000 0b000000", "a block of 11 bytes");
  check_damaged("06000000 01001004", "a block of 68157441 bytes");  // 64 MiB and 1 MiB and 1
  check_damaged("06000000 ffff0f04", "the file ends in it");
  check_damaged("99000000 ffffff7f", "the file ends in it");
  check_damaged("06000000 20000000 00000000 00000000 00000000 00000000 00000000 24000000", "its two lengths differ");
  check_damaged("99000000 10000000 00000000 14000000", "its two lengths differ");
  check_damaged("06000000 20000000 01000000 00000000 00000000 00000000 00000000 20000000", "no interface 1");
  check_damaged("02000000 20000000 0100 0000 00000000 00000000 00000000 00000000 20000000", "no interface 1");
  check_damaged("06000000 20000000 00000000 00000000 00000000 01000000 01000000 20000000", "a packet of 1 bytes");
  check_damaged("06000000 1c000000 00000000 00000000 00000000 00000000 1c000000", "a packet of 0 bytes");
  check_damaged("03000000 10000000 01000000 10000000", "a packet of 1 bytes");
  check_damaged("01000000 10000000 00000000 10000000", "an interface block that is too short");
  check_damaged("0a0d0d0a 1c000000 4d3c2b1b 01000000 ffffffffffffffff 1c000000", "no byte order");
  check_damaged("0a0d0d0a 10000000 4d3c2b1a 10000000", "a block of 16 bytes");
}

BOOST_AUTO_TEST_CASE(a_file_of_interfaces_alone_is_bounded) {
  Raw file = raw(section);
  const auto interface = raw(ethernet);
  for (int count = 0; count < 65'536; ++count) file.insert(file.end(), interface.begin(), interface.end());
  auto all = reading(file);
  BOOST_TEST((all.last == CaptureNext::end));
  BOOST_TEST(all.interfaces.size() == 65'536U);
  all = reading(joined(std::move(file), interface));
  BOOST_TEST((all.last == CaptureNext::cut));
  BOOST_TEST(all.interfaces.size() == 65'536U);
}

BOOST_AUTO_TEST_SUITE_END()
