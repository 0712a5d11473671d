#include "control/rollout/promote_condition.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

std::string error_of(std::string_view text) {
  const auto parsed = PromoteCondition::parse(text);
  BOOST_REQUIRE_MESSAGE(!parsed.has_value(), text);
  return parsed.error();
}

bool holds(std::string_view text, const BlockCounts& counts) {
  const auto parsed = PromoteCondition::parse(text);
  BOOST_REQUIRE_MESSAGE(parsed.has_value(), (parsed ? std::string{} : parsed.error()));
  return parsed->holds(counts);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(promote_condition)

BOOST_AUTO_TEST_CASE(it_is_held_against_counts_exactly) {
  const BlockCounts counts{10, 7, 4};
  BOOST_TEST(holds("blocks < 11", counts));
  BOOST_TEST(!holds("blocks < 10", counts));
  BOOST_TEST(holds("blocks <= 10", counts));
  BOOST_TEST(holds("blocks/device <= 2.5", counts));
  BOOST_TEST(!holds("blocks/device < 2.5", counts));
  BOOST_TEST(holds(" blocks / devices<2.501 ", counts));
  BOOST_TEST(holds("flows/device < 1.751", counts));
  BOOST_TEST(!holds("flows/device < 1.75", counts));
  BOOST_TEST(holds("devices<5", counts));
}

BOOST_AUTO_TEST_CASE(where_nothing_was_blocked_each_device_has_none) {
  BOOST_TEST(holds("blocks/device < 0.001", {}));
  BOOST_TEST(!holds("blocks/device < 0", {}));
  BOOST_TEST(holds("blocks/device <= 0", {}));
}

BOOST_AUTO_TEST_CASE(no_count_is_too_large) {
  const BlockCounts most{~std::uint64_t{0}, ~std::uint64_t{0}, 1};
  BOOST_TEST(!holds("blocks/device < 999999999.999", most));
  BOOST_TEST(holds("blocks/flow <= 1", most));
}

BOOST_AUTO_TEST_CASE(it_is_written_as_it_is_read) {
  for (const auto* const text : {"blocks/device < 2.5", "flows <= 0", "devices < 999999999.999", "blocks/flow < 0.01"})
    BOOST_TEST(PromoteCondition::parse(text)->text() == text);
  BOOST_TEST(PromoteCondition::parse("blocks/devices<2.500")->text() == "blocks/device < 2.5");
}

BOOST_AUTO_TEST_CASE(an_error_names_the_column) {
  BOOST_TEST(error_of("").starts_with("column 1: the end where blocks, flows or devices must stand"));
  BOOST_TEST(error_of("block < 3").starts_with("column 1: \"block < 3\" where"));
  BOOST_TEST(error_of("blocks/ < 3").starts_with("column 9: \"< 3\" where device, flow or block must stand"));
  BOOST_TEST(error_of("blocks > 3").starts_with("column 8: \"> 3\" where /, < or <= must stand"));
  BOOST_TEST(error_of("blocks < ").starts_with("column 10: the end where a number"));
  BOOST_TEST(error_of("blocks < -1").starts_with("column 10: \"-1\" where a number"));
  BOOST_TEST(error_of("blocks < 1234567890").starts_with("column 10"));
  BOOST_TEST(error_of("blocks < 1.2345").starts_with("column 10"));
  BOOST_TEST(error_of("blocks < 1.").starts_with("column 10"));
  BOOST_TEST(error_of("blocks < 1e3").starts_with("column 11: \"e3\" where the end must stand"));
  BOOST_TEST(error_of("blocks < 1 and flows < 2").starts_with("column 12"));
  BOOST_TEST(error_of(std::string(129, 'b')) == "more than 128 characters");
}

BOOST_AUTO_TEST_SUITE_END()
