#include "control/tap/system_clock.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

// adjtimex(2): what it returns, and bits of timex.status.
constexpr int time_ok = 0;
constexpr int time_leap_pending = 1;
constexpr int time_error = 5;
constexpr int status_pll = 0x0001;
constexpr int status_unsynchronised = 0x0040;
constexpr std::int64_t now = 1'795'000'000;  // November 2026

}  // namespace

BOOST_AUTO_TEST_SUITE(control_system_clock)

BOOST_AUTO_TEST_CASE(a_clock_is_worth_what_the_kernel_says) {
  BOOST_TEST((clock_state_of(now, time_ok, status_pll) == ClockState::ntp));
  BOOST_TEST((clock_state_of(now, time_ok, 0) == ClockState::ntp));
  BOOST_TEST((clock_state_of(now, time_leap_pending, status_pll) == ClockState::ntp));
  BOOST_TEST((clock_state_of(now, time_error, status_unsynchronised) == ClockState::held));
  BOOST_TEST((clock_state_of(now, time_ok, status_unsynchronised) == ClockState::held));
  BOOST_TEST((clock_state_of(now, -1, 0) == ClockState::held));
}

BOOST_AUTO_TEST_CASE(a_clock_before_the_first_release_was_never_set) {
  BOOST_TEST((clock_state_of(0, time_ok, status_pll) == ClockState::unset));
  BOOST_TEST((clock_state_of(1'767'225'599, time_ok, status_pll) == ClockState::unset));
  BOOST_TEST((clock_state_of(1'767'225'600, time_ok, status_pll) == ClockState::ntp));
}

BOOST_AUTO_TEST_CASE(this_machine_has_a_clock_that_was_set) {
  const auto state = system_clock_state();
  BOOST_TEST((state == ClockState::held || state == ClockState::ntp));
}

BOOST_AUTO_TEST_SUITE_END()
