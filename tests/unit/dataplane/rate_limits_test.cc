#include "dataplane/flow/rate_limits.hh"

#include <boost/test/unit_test.hpp>
#include <string>

using namespace sluice;

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

const auto phone = *Address::parse("10.0.0.2");
const auto other = *Address::parse("10.0.0.3");
constexpr Tick start = tick_from_nanoseconds(1'700'000'000'000'000'000);

// Bytes that pass within `length` of frames of `bytes`, one each `every`.
std::uint64_t passed(RateLimits& limits, const RateLimit& limit, std::uint32_t bytes, Duration every, Duration length,
                     Tick from = start, bool sends = true) {
  std::uint64_t sum = 0;
  for (auto at = from; at < from + length; at += every)
    if (limits.admit(limit, phone, sends, bytes, at)) sum += bytes;
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rate_limits)

BOOST_AUTO_TEST_CASE(what_is_offered_beyond_the_rate_is_held_to_it) {
  for (const std::uint32_t kbit : {64U, 2'000U, 50'000U}) {
    std::uint64_t evicted = 0;
    RateLimits limits{1, evicted};
    const RateLimit limit{1, kbit};
    // Frames of 1,000 bytes at twice the rate, for 20 seconds: 40 times what a burst is.
    const auto every = Duration{std::int64_t{4'000'000'000} / kbit};
    const auto rate = std::uint64_t{kbit} * 125;  // bytes a second
    const auto bytes = passed(limits, limit, 1'000, every, seconds{20});
    BOOST_TEST(bytes >= 20 * rate);
    BOOST_TEST(bytes <= 20 * rate + rate / 10 + 2'000);  // and the burst that it began with
    // A second later it has nothing saved up but the burst.
    const auto later = passed(limits, limit, 1'000, every, seconds{20}, start + seconds{21});
    BOOST_TEST(later <= 20 * rate + rate / 10 + 2'000);
  }
}

BOOST_AUTO_TEST_CASE(what_stays_below_the_rate_is_not_touched) {
  std::uint64_t evicted = 0;
  RateLimits limits{1, evicted};
  BOOST_TEST(passed(limits, {1, 1'000}, 1'250, milliseconds{10}, seconds{5}) == 500U * 1'250);
  // A frame that is larger than what may come in a burst passes, and is paid for by those behind it.
  BOOST_TEST(passed(limits, {2, 64}, 9'000, milliseconds{1'125}, seconds{10}) == 9U * 9'000);
}

BOOST_AUTO_TEST_CASE(devices_directions_and_limits_are_counted_apart) {
  std::uint64_t evicted = 0;
  RateLimits limits{1, evicted};
  const RateLimit limit{1, 8};
  while (limits.admit(limit, phone, true, 100, start)) {
  }
  BOOST_TEST(!limits.admit(limit, phone, true, 100, start));
  BOOST_TEST(limits.admit(limit, phone, false, 100, start));
  BOOST_TEST(limits.admit(limit, other, true, 100, start));
  BOOST_TEST(limits.admit({2, 8}, phone, true, 100, start));
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_stops_nobody) {
  std::uint64_t evicted = 0;
  RateLimits limits{1, evicted};
  const RateLimit limit{1, 1'000};
  BOOST_TEST(passed(limits, limit, 1'000, milliseconds{1}, seconds{1}) > 0U);
  BOOST_TEST(limits.admit(limit, phone, true, 1'000, start - seconds{3600}));
}

BOOST_AUTO_TEST_CASE(where_there_is_no_room_the_idlest_begins_anew_and_is_counted) {
  std::uint64_t evicted = 0;
  RateLimits limits{1, evicted};
  auto device = phone;
  for (std::uint32_t i = 0; i < 2 * rate_limits_entries; ++i) {
    device.bytes[12] = static_cast<std::uint8_t>(i >> 16);
    device.bytes[13] = static_cast<std::uint8_t>(i >> 8);
    device.bytes[14] = static_cast<std::uint8_t>(i);
    BOOST_TEST(limits.admit({1, 1'000}, device, true, 1'000, start));
  }
  BOOST_TEST(evicted >= rate_limits_entries);
  BOOST_TEST(evicted < 2 * rate_limits_entries);
}

BOOST_AUTO_TEST_SUITE_END()
