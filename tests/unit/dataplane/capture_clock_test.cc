#include "dataplane/capture/capture_clock.hh"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>

using sluice::capture_seconds_limit;
using sluice::capture_stamp;
using sluice::CaptureClock;
using sluice::nanoseconds_since_epoch;
using sluice::tick_from_nanoseconds;

namespace {

std::int64_t time(std::uint8_t resolution, std::uint64_t units, std::int64_t offset_seconds = 0) {
  return nanoseconds_since_epoch(CaptureClock{resolution, offset_seconds}.tick(units));
}

constexpr auto most_units = std::numeric_limits<std::uint64_t>::max();
constexpr std::int64_t last_time = capture_seconds_limit * 1'000'000'000;

}  // namespace

BOOST_AUTO_TEST_SUITE(capture_clock)

BOOST_AUTO_TEST_CASE(decimal_stamps) {
  BOOST_TEST(time(0, 1'700'000'000) == 1'700'000'000'000'000'000);
  BOOST_TEST(time(6, 1'700'000'000'123'456) == 1'700'000'000'123'456'000);
  BOOST_TEST(time(9, 1'700'000'000'123'456'789) == 1'700'000'000'123'456'789);
  BOOST_TEST(time(12, 1'700'000'123'999) == 1'700'000'123);  // picoseconds, rounded down
  BOOST_TEST(time(28, most_units) == 1);                     // 1.8e19 * 1e-28 s = 1.8e-9 s
  BOOST_TEST(time(29, most_units) == 0);
  BOOST_TEST(time(127, most_units) == 0);
}

BOOST_AUTO_TEST_CASE(binary_stamps) {
  BOOST_TEST(time(0x80, 7) == 7'000'000'000);
  BOOST_TEST(time(0x81, 3) == 1'500'000'000);
  BOOST_TEST(time(0x8a, 1) == 976'562);  // 2^-10 s = 976562.5 ns
  BOOST_TEST(time(0xa0, (std::uint64_t{5} << 32U) + (std::uint64_t{1} << 30U)) == 5'250'000'000);  // NTP's fraction
  BOOST_TEST(time(0xc0, most_units) == 999'999'999);
  BOOST_TEST(time(0xff, most_units) == 0);
}

BOOST_AUTO_TEST_CASE(an_offset_is_added) {
  BOOST_TEST(time(6, 1'500'000, 1'700'000'000) == 1'700'000'001'500'000'000);
  BOOST_TEST(time(0, 1'700'000'000, -1'700'000'000) == 0);
}

BOOST_AUTO_TEST_CASE(what_a_tick_cannot_hold_is_clamped) {
  BOOST_TEST(time(6, 0, -1) == 0);
  BOOST_TEST(time(0, most_units) == last_time);
  BOOST_TEST(time(0, most_units, std::numeric_limits<std::int64_t>::max()) == last_time);
  BOOST_TEST(time(0, 0, std::numeric_limits<std::int64_t>::min()) == 0);
  BOOST_TEST(time(9, most_units) == last_time);
  BOOST_TEST(time(0, static_cast<std::uint64_t>(capture_seconds_limit)) == last_time);
  BOOST_TEST(time(0, static_cast<std::uint64_t>(capture_seconds_limit) - 1) == last_time - 1'000'000'000);
}

BOOST_AUTO_TEST_CASE(stamps_of_a_time) {
  const auto tick = tick_from_nanoseconds(1'700'000'000'123'456'789);
  BOOST_TEST(capture_stamp(tick, 0) == 1'700'000'000U);
  BOOST_TEST(capture_stamp(tick, 6) == 1'700'000'000'123'456U);
  BOOST_TEST(capture_stamp(tick, 9) == 1'700'000'000'123'456'789U);
  BOOST_TEST(capture_stamp(tick_from_nanoseconds(-1), 9) == 0U);
}

BOOST_AUTO_TEST_CASE(the_written_resolution_loses_nothing) {
  BOOST_TEST((CaptureClock{3, 0}.written_resolution()) == 3);
  BOOST_TEST((CaptureClock{9, 0}.written_resolution()) == 9);
  BOOST_TEST((CaptureClock{12, 0}.written_resolution()) == 9);
  BOOST_TEST((CaptureClock{0x81, 0}.written_resolution()) == 9);
}

BOOST_AUTO_TEST_SUITE_END()
