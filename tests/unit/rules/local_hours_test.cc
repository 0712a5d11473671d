#include "rules/policy/local_hours.hh"

#include <boost/test/unit_test.hpp>
#include <memory>

using namespace sluice;

namespace {

constexpr std::int64_t second = 1'000'000'000;
// Berlin in 2026: moments and days by Python's zoneinfo.
constexpr std::int64_t summer = 1'774'746'000;  // Sunday 2026-03-29, 02:00 becomes 03:00
constexpr std::int64_t winter = 1'792'890'000;  // Sunday 2026-10-25, 03:00 becomes 02:00
const auto berlin =
    std::make_shared<const LocalHours::Zone>(LocalHours::Zone{{0, 3600}, {summer, 7200}, {winter, 3600}});
constexpr std::int64_t wednesday = 1'782'885'600;  // 2026-07-01, 08:00

constexpr std::uint16_t minute_of(int day, int hour, int minute = 0) {
  return static_cast<std::uint16_t>((day * 24 + hour) * 60 + minute);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_local_hours)

BOOST_AUTO_TEST_CASE(without_times_it_always_holds) {
  BOOST_TEST(LocalHours{}.hold(0));
  BOOST_TEST(LocalHours{}.hold(-1));
  BOOST_TEST(LocalHours{}.next_change(wednesday * second) == LocalHours::never);
}

BOOST_AUTO_TEST_CASE(it_holds_from_the_first_minute_to_before_the_last) {
  const LocalHours hours{{{minute_of(2, 8), minute_of(2, 18)}}, berlin};
  BOOST_TEST(!hours.hold(wednesday * second - 1));
  BOOST_TEST(hours.hold(wednesday * second));
  BOOST_TEST(hours.hold((wednesday + 10 * 3600) * second - 1));
  BOOST_TEST(!hours.hold((wednesday + 10 * 3600) * second));
  BOOST_TEST(!hours.hold((wednesday + 24 * 3600) * second));
  BOOST_TEST(hours.hold((wednesday + 7 * 24 * 3600) * second));
  BOOST_TEST(!hours.hold(-second));  // a Thursday, 1970-01-01, 00:59:59 in Berlin
}

BOOST_AUTO_TEST_CASE(it_goes_by_the_clocks_when_they_are_put_forward_and_back) {
  const LocalHours morning{{{minute_of(6, 3), minute_of(6, 4)}}, berlin};
  BOOST_TEST(!morning.hold((summer - 1) * second));
  BOOST_TEST(morning.hold(summer * second));
  BOOST_TEST(!morning.hold((summer + 3600) * second));
  const LocalHours night{{{minute_of(6, 2), minute_of(6, 3)}}, berlin};
  BOOST_TEST(!night.hold((summer - 1) * second));  // 01:59:59
  BOOST_TEST(!night.hold(summer * second));        // there is no such hour on that day
  BOOST_TEST(night.hold((winter - 1) * second));   // and on this one twice
  BOOST_TEST(night.hold((winter + 3599) * second));
  BOOST_TEST(!night.hold((winter + 3600) * second));
}

BOOST_AUTO_TEST_CASE(the_next_change_is_the_next_edge_or_that_of_the_clocks) {
  const LocalHours hours{{{minute_of(2, 8), minute_of(2, 18)}}, berlin};
  BOOST_TEST(hours.next_change(wednesday * second - 1) == wednesday * second);
  BOOST_TEST(hours.next_change(wednesday * second) == (wednesday + 10 * 3600) * second);
  BOOST_TEST(hours.next_change((wednesday + 12) * second + 5) == (wednesday + 10 * 3600) * second);
  BOOST_TEST(hours.next_change((wednesday + 10 * 3600) * second) == (wednesday + 7 * 24 * 3600) * second);
  BOOST_TEST(hours.next_change((winter - 100) * second) == winter * second);
}

BOOST_AUTO_TEST_SUITE_END()
