#include "control/tap/tap_reading.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(control_tap_reading)

BOOST_AUTO_TEST_CASE(the_uptime_is_never_below_zero) {
  TapReading reading;
  reading.started_ns = 1'000'000'000;
  const auto uptime = [&](std::int64_t now_ns) { return statistics_of(reading, tick_from_nanoseconds(now_ns)).uptime; };
  BOOST_TEST((uptime(4'000'000'000) == std::chrono::seconds{3}));
  BOOST_TEST((uptime(999'999'999) == Duration::zero()));
  reading.started_ns = INT64_MAX;
  BOOST_TEST((uptime(0) == Duration::zero()));
  reading.started_ns = INT64_MIN;
  BOOST_TEST((uptime(4'000'000'000) == Duration::zero()));
}

BOOST_AUTO_TEST_SUITE_END()
