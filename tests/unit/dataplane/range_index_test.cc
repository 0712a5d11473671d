#include "dataplane/sets/range_index.hh"

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string>
#include <utility>

using namespace sluice;

namespace {

RangeIndex index_of(std::initializer_list<std::pair<const char*, std::uint32_t>> ranges) {
  RangeIndex index;
  for (const auto& [range, number] : ranges) index.add(*AddressRange::parse(range), number);
  index.index();
  return index;
}

std::string found(const RangeIndex& index, const char* address) {
  std::string out;
  for (const auto number : index.find(*Address::parse(address))) out += std::to_string(number) + ' ';
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(range_index)

BOOST_AUTO_TEST_CASE(all_ranges_that_hold_an_address_are_found_in_order) {
  const auto index = index_of({{"10.0.0.0/8", 7}, {"10.1.0.0/16", 3}, {"10.1.2.3", 5}, {"2001:db8::/32", 1}});
  BOOST_TEST(found(index, "10.1.2.3") == "3 5 7 ");
  BOOST_TEST(found(index, "10.1.2.4") == "3 7 ");
  BOOST_TEST(found(index, "10.255.255.255") == "7 ");
  BOOST_TEST(found(index, "11.0.0.0") == "");
  BOOST_TEST(found(index, "9.255.255.255") == "");
  BOOST_TEST(found(index, "2001:db8:ffff::1") == "1 ");
  BOOST_TEST(found(index, "2001:db9::") == "");
}

BOOST_AUTO_TEST_CASE(a_number_whose_ranges_overlap_is_found_once) {
  const auto index = index_of({{"10.0.0.0/8", 2}, {"10.1.0.0/16", 2}, {"10.1.0.0/16", 2}, {"10.1.2.0/24", 1}});
  BOOST_TEST(found(index, "10.1.2.3") == "1 2 ");
  BOOST_TEST(found(index, "10.1.3.3") == "2 ");
  BOOST_TEST(found(index, "10.2.0.0") == "2 ");
}

BOOST_AUTO_TEST_CASE(a_range_may_reach_to_the_last_address) {
  const auto index = index_of({{"::/0", 4}});
  BOOST_TEST(found(index, "::") == "4 ");
  BOOST_TEST(found(index, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == "4 ");
  BOOST_TEST(found(index, "192.0.2.1") == "4 ");
  BOOST_TEST(found(index_of({}), "192.0.2.1") == "");
}

BOOST_AUTO_TEST_SUITE_END()
