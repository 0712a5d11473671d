#include "control/text/timestamp.hh"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>

using namespace sluice;

namespace {

constexpr std::int64_t second = 1'000'000'000;
Tick at(std::int64_t seconds, std::int64_t nanoseconds = 0) {
  return tick_from_nanoseconds(seconds * second + nanoseconds);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_timestamp)

// The seconds were asked of date(1): date -u -d TEXT +%s.
BOOST_AUTO_TEST_CASE(written_as_suricata_writes_it) {
  BOOST_TEST(timestamp_text(at(0)) == "1970-01-01T00:00:00.000000+0000");
  BOOST_TEST(timestamp_text(at(1'795'235'787, 123'456'789)) == "2026-11-21T04:36:27.123456+0000");
  BOOST_TEST(timestamp_text(at(2'147'483'648)) == "2038-01-19T03:14:08.000000+0000");
  BOOST_TEST(timestamp_text(at(4'107'499'200)) == "2100-02-28T12:00:00.000000+0000");
}

BOOST_AUTO_TEST_CASE(before_1970) {
  BOOST_TEST(timestamp_text(at(-1)) == "1969-12-31T23:59:59.000000+0000");
  BOOST_TEST(timestamp_text(at(0, -1)) == "1969-12-31T23:59:59.999999+0000");  // cut towards the past
  BOOST_TEST(timestamp_text(at(-2'203'891'200)) == "1900-03-01T00:00:00.000000+0000");
  BOOST_TEST(unix_seconds(at(0, -1)) == -1);
}

BOOST_AUTO_TEST_CASE(the_ends_of_the_range) {
  // 2^63 ns after and before 1970, by date(1): @9223372036.854775807 and @-9223372036.854775808
  BOOST_TEST(timestamp_text(tick_from_nanoseconds(std::numeric_limits<std::int64_t>::max())) ==
             "2262-04-11T23:47:16.854775+0000");
  BOOST_TEST(timestamp_text(tick_from_nanoseconds(std::numeric_limits<std::int64_t>::min())) ==
             "1677-09-21T00:12:43.145224+0000");
}

BOOST_AUTO_TEST_CASE(for_a_person) {
  BOOST_TEST(day_text(at(1'795'235'787)) == "2026-11-21");
  BOOST_TEST(second_text(at(1'795'235'787)) == "2026-11-21 04:36:27");
  BOOST_TEST(second_text(at(1'795'235'788), at(1'795'235'787)) == "04:36:28");
  BOOST_TEST(second_text(at(1'795'235'787), at(0)) == "2026-11-21 04:36:27");
}

BOOST_AUTO_TEST_SUITE_END()
