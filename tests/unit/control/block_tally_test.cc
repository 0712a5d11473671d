#include "control/rollout/block_tally.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

const auto one = *Address::parse("192.0.2.1");
const auto two = *Address::parse("192.0.2.2");

void check(const BlockCounts& counts, std::uint64_t blocks, std::uint64_t flows, std::uint64_t devices) {
  BOOST_TEST(counts.blocks == blocks);
  BOOST_TEST(counts.flows == flows);
  BOOST_TEST(counts.devices == devices);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(block_tally)

BOOST_AUTO_TEST_CASE(what_is_watched_is_counted_by_rule) {
  BlockTally tally;
  tally.note({"pack/a", 1, one, true});  // nothing is watched yet
  tally.watch({RuleIds{{"pack/a"}}, RuleIds{{"new/*"}}});
  for (int i = 0; i < 3; ++i) tally.note({"pack/a", 7, one, true});
  tally.note({"pack/a", 8, two, true});
  tally.note({"pack/a", 9, two, false});
  tally.note({"pack/b", 1, one, true});
  tally.note({"new/x", 7, one, false});
  const auto rows = tally.rows();
  BOOST_REQUIRE_EQUAL(rows.size(), 2U);
  BOOST_TEST(rows[0].rule_id == "new/x");
  check(rows[0].done, 0, 0, 0);
  check(rows[0].would, 1, 1, 1);
  BOOST_TEST(rows[1].rule_id == "pack/a");
  check(rows[1].done, 4, 2, 2);
  check(rows[1].would, 5, 3, 2);
  check(tally.sum(RuleIds{{"new/*", "pack/a"}}), 6, 4, 2);  // a device counts once
  check(tally.sum(RuleIds{{"pack/b"}}), 0, 0, 0);
}

BOOST_AUTO_TEST_CASE(the_first_flow_counts_whatever_its_number) {
  BlockTally tally;
  tally.watch({RuleIds{{"p/*"}}});
  tally.note({"p/a", 0, one, true});
  tally.note({"p/a", 0, one, true});
  check(tally.rows()[0].done, 2, 1, 1);
}

BOOST_AUTO_TEST_CASE(what_is_not_watched_any_more_is_forgotten) {
  BlockTally tally;
  tally.watch({RuleIds{{"p/*"}}});
  tally.note({"p/a", 1, one, true});
  tally.note({"p/b", 1, one, true});
  tally.watch({RuleIds{{"p/b"}}});
  BOOST_TEST(tally.rows().size() == 1U);
  tally.forget("p/b");
  BOOST_TEST(tally.rows().empty());
  BOOST_TEST(tally.cut() == 0U);
}

BOOST_AUTO_TEST_CASE(a_flood_of_rules_is_bounded_and_counted) {
  BlockTally tally;
  tally.watch({RuleIds{{"p/*"}}});
  for (std::size_t i = 0; i < BlockTally::rule_limit + 3; ++i) tally.note({"p/" + std::to_string(i), 1, one, true});
  BOOST_TEST(tally.rows().size() == BlockTally::rule_limit);
  BOOST_TEST(tally.cut() == 3U);
}

BOOST_AUTO_TEST_CASE(a_flood_of_devices_is_bounded_and_counted) {
  BlockTally tally;
  tally.watch({RuleIds{{"p/a"}}});
  std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0d, 0xb8};
  const auto all = BlockTally::device_limit + 5;
  for (std::size_t i = 0; i < all; ++i) {
    for (std::size_t b = 0; b < 4; ++b) bytes[15 - b] = static_cast<std::uint8_t>(i >> 8 * b);
    tally.note({"p/a", i, Address::v6(bytes), false});
  }
  BOOST_TEST(tally.rows()[0].would.devices == all);  // each counts, those without room every time
  BOOST_TEST(tally.cut() == 5U);
}

BOOST_AUTO_TEST_SUITE_END()
