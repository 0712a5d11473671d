#include "control/devices/oui_table.hh"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "tests/unit/scratch_folder.hh"

using namespace sluice;

namespace {

const std::string columns = "Registry,Assignment,Organization Name,Organization Address\n";

OuiTable table_of(const std::string& rows) {
  OuiTable table;
  BOOST_REQUIRE(table.add(columns + rows));
  return table;
}

void write(const std::string& path, const std::string& text) { std::ofstream{path} << text; }

}  // namespace

BOOST_AUTO_TEST_SUITE(control_devices_oui_table)

// IEEE 802-2014 section 8.4: bit 1 of the first byte is local administration, bit 0 a group.
BOOST_AUTO_TEST_CASE(random_addresses_are_local_and_no_group) {
  BOOST_TEST(is_random({0x02, 0, 0, 0, 0, 1}));
  BOOST_TEST(is_random({0xda, 0xa1, 0x19, 0, 0, 1}));
  BOOST_TEST(!is_random({0x03, 0, 0, 0, 0, 1}));
  BOOST_TEST(!is_random({0x00, 0x1b, 0x63, 0, 0, 1}));
  BOOST_TEST(!is_random({0xff, 0xff, 0xff, 0xff, 0xff, 0xff}));
}

BOOST_AUTO_TEST_CASE(the_longer_prefix_counts) {
  const auto table = table_of(
      "MA-L,70B3D5,IEEE Registration Authority,\"445 Hoes Lane, Piscataway\"\n"
      "MA-S,70B3D5A0C,Small Maker,x\n"
      "MA-M,8CC8F44,\"Middle, Maker\",x\n"
      "MA-L,8CC8F4,Large Maker,x\n");
  BOOST_TEST(table.vendor_of({0x70, 0xb3, 0xd5, 0xa0, 0xc1, 0x23}) == "Small Maker");
  BOOST_TEST(table.vendor_of({0x70, 0xb3, 0xd5, 0xa0, 0xd1, 0x23}) == "");
  BOOST_TEST(table.vendor_of({0x8c, 0xc8, 0xf4, 0x4f, 0, 0}) == "Middle, Maker");
  BOOST_TEST(table.vendor_of({0x8c, 0xc8, 0xf4, 0x50, 0, 0}) == "Large Maker");
  BOOST_TEST(table.size() == 3U);
}

BOOST_AUTO_TEST_CASE(nobody_was_given_random_addresses_and_groups) {
  const auto table = table_of("MA-L,02AABB,Odd Maker,x\nMA-L,01AABB,Group Maker,x\nMA-L,00AABB,Private,x\n");
  BOOST_TEST(table.vendor_of({0x02, 0xaa, 0xbb, 0, 0, 0}) == "");
  BOOST_TEST(table.vendor_of({0x01, 0xaa, 0xbb, 0, 0, 0}) == "");
  BOOST_TEST(table.vendor_of({0x00, 0xaa, 0xbb, 0, 0, 0}) == "");
}

BOOST_AUTO_TEST_CASE(a_folder_is_all_lists_in_it) {
  const ScratchFolder folder;
  write(folder.file("oui.csv"), columns + "MA-L,001B63,\"Apple, Inc.\",1 Infinite Loop\n");
  write(folder.file("oui36.csv"), columns + "MA-S,70B3D5A0C,Small Maker,x\n");
  const auto table = OuiTable::load(folder.path.string());
  BOOST_REQUIRE(table);
  BOOST_TEST(table->vendor_of({0x00, 0x1b, 0x63, 1, 2, 3}) == "Apple, Inc.");
  BOOST_TEST(table->vendor_of({0x70, 0xb3, 0xd5, 0xa0, 0xc1, 0x23}) == "Small Maker");
  const auto alone = OuiTable::load(folder.file("oui.csv"));
  BOOST_REQUIRE(alone);
  BOOST_TEST(alone->size() == 1U);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_told) {
  const ScratchFolder folder;
  BOOST_TEST(OuiTable::load(folder.path.string()).error().find("holds none of oui.csv") != std::string::npos);
  BOOST_TEST(!OuiTable::load(folder.file("oui.csv")));
  write(folder.file("oui.csv"), columns + "MA-L,00XX63,A,x\n");
  BOOST_TEST(OuiTable::load(folder.file("oui.csv")).error() ==
             folder.file("oui.csv") + ": line 2: the assignment has to be 6, 7 or 9 hexadecimal digits");
  OuiTable table;
  BOOST_TEST(table.add("a,b,c\n").error().starts_with("line 1: no list of IEEE"));
  BOOST_TEST(table.add(columns + "MA-L,001B6,A,x\n").error().starts_with("line 2:"));
  BOOST_TEST(table.add(columns + "MA-L,001B63001,A,x\n").has_value());
  BOOST_TEST(table.add(columns + "MA-L,0x1B63,A,x\n").error().starts_with("line 2:"));
}

BOOST_AUTO_TEST_SUITE_END()
