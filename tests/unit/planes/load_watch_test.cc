#include "dataplane/wire/load_watch.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using std::chrono::milliseconds;

namespace {

struct Watched {
  explicit Watched(const LoadLimits& limits = {8, milliseconds{200}, 262'144}) : watch(limits) {}

  Watched& full(int bursts, std::uint32_t port = 0, bool was_away = false) {
    for (int i = 0; i < bursts; ++i)
      if (watch.came(port, burst_limit, was_away)) watch.weigh(port, now);
    return *this;
  }
  Watched& drained(std::uint32_t port = 0, std::uint16_t count = burst_limit - 1) {
    BOOST_TEST(!watch.came(port, count, false));
    return *this;
  }
  Watched& after(Duration time) {
    now += time;
    watch.look(now);
    return *this;
  }
  [[nodiscard]] int level() const { return static_cast<int>(watch.level()); }

  LoadWatch watch;
  Tick now = tick_from_nanoseconds(1'700'000'000'000'000'000);
};

}  // namespace

BOOST_AUTO_TEST_SUITE(load_watch)

BOOST_AUTO_TEST_CASE(the_longer_a_queue_does_not_get_empty_the_more_is_left_out) {
  Watched load;
  BOOST_TEST(load.full(7).level() == 0);
  BOOST_TEST((load.watch.shedding().payload_above == Shedding::none && !load.watch.shedding().handshakes));
  BOOST_TEST(load.full(1).level() == 1);
  BOOST_TEST(load.watch.shedding().payload_above == 262'144U);
  BOOST_TEST(load.full(1).level() == 1);
  BOOST_TEST(load.full(1).level() == 2);
  BOOST_TEST(load.watch.shedding().payload_above == 16'384U);
  BOOST_TEST(load.full(2).level() == 3);
  BOOST_TEST(load.watch.shedding().payload_above == 0U);
  BOOST_TEST(!load.watch.shedding().handshakes);
}

BOOST_AUTO_TEST_CASE(what_begins_is_left_out_only_where_the_rest_does_not_help) {
  Watched load;
  BOOST_TEST(load.full(100).level() == 3);
  BOOST_TEST(load.after(milliseconds{19}).full(100).level() == 3);
  BOOST_TEST(load.after(milliseconds{1}).full(2).level() == 4);
  BOOST_TEST(load.watch.shedding().handshakes);
  BOOST_TEST(load.full(1000).level() == 4);
}

BOOST_AUTO_TEST_CASE(a_train_of_packets_is_no_load) {
  Watched load;
  for (int i = 0; i < 100; ++i) load.full(7).drained();
  for (int i = 0; i < 100; ++i) load.full(7).drained(0, 0).drained(0, 0);
  BOOST_TEST(load.level() == 0);
  for (int i = 0; i < 4; ++i) load.full(1, 0).full(1, 1);  // two queues, each by itself
  BOOST_TEST(load.level() == 0);
  BOOST_TEST(load.full(4, 1).level() == 1);
}

BOOST_AUTO_TEST_CASE(one_empty_poll_does_not_mean_that_a_queue_is_empty) {
  Watched load;
  for (int i = 0; i < 4; ++i) load.full(2).drained(0, 0);
  BOOST_TEST(load.level() == 1);
}

BOOST_AUTO_TEST_CASE(what_came_while_the_worker_was_kept_from_it_is_no_load) {
  Watched load;
  BOOST_TEST(load.full(32 + 7, 0, true).level() == 0);
  BOOST_TEST(load.full(1).level() == 1);
  // In the midst of a backlog it is no excuse.
  Watched other;
  BOOST_TEST(other.full(4).full(4, 0, true).level() == 1);
}

BOOST_AUTO_TEST_CASE(it_goes_back_step_by_step_while_all_is_calm) {
  Watched load;
  load.full(12);
  for (const int level : {3, 2, 1}) {
    BOOST_TEST(load.drained().after(milliseconds{199}).level() == level);
    BOOST_TEST(load.after(milliseconds{1}).level() == level - 1);
  }
  BOOST_TEST(load.after(milliseconds{10'000}).level() == 0);
}

BOOST_AUTO_TEST_CASE(half_of_what_began_it_keeps_it_up) {
  Watched load;
  load.full(8);
  for (int i = 0; i < 20; ++i) load.drained().after(milliseconds{100}).full(4);
  BOOST_TEST(load.level() == 1);
  load.drained();
  for (int i = 0; i < 3; ++i) load.drained().after(milliseconds{100}).full(3);
  BOOST_TEST(load.level() == 0);
}

BOOST_AUTO_TEST_CASE(a_load_that_lasts_takes_back_what_was_given_in_one_step) {
  Watched load;
  load.full(12).drained().after(milliseconds{200});
  BOOST_TEST(load.level() == 2);
  BOOST_TEST(load.full(8).level() == 3);
}

BOOST_AUTO_TEST_CASE(a_step_back_that_was_too_early_makes_the_next_ones_wait_twice_as_long_up_to_a_second) {
  Watched load;
  load.full(8);
  for (const int wait : {200, 400, 800, 1000, 1000}) {
    BOOST_TEST(load.drained().after(milliseconds{wait - 1}).level() == 1);
    BOOST_TEST(load.after(milliseconds{1}).level() == 0);
    BOOST_TEST(load.full(8).level() == 1);
  }
  load.drained().after(milliseconds{1000});
  // What lasted is forgotten after as long a time without any.
  BOOST_TEST(load.after(milliseconds{1000}).full(8).drained().after(milliseconds{200}).level() == 0);
  Watched slow{LoadLimits{8, milliseconds{3000}, 0}};
  slow.full(8).drained().after(milliseconds{3000}).full(8).drained();
  BOOST_TEST(slow.after(milliseconds{2999}).level() == 1);
  BOOST_TEST(slow.after(milliseconds{1}).level() == 0);
}

BOOST_AUTO_TEST_CASE(a_clock_that_is_set_back_does_not_hold_it) {
  Watched load;
  load.full(8).drained().after(std::chrono::hours{-1});
  BOOST_TEST(load.level() == 1);
  BOOST_TEST(load.after(milliseconds{200}).level() == 0);
}

BOOST_AUTO_TEST_CASE(limits_are_options_and_0_is_never) {
  Watched never{LoadLimits{0, milliseconds{1}, 0}};
  BOOST_TEST(never.full(3'000'000).level() == 0);
  Watched soon{LoadLimits{1, milliseconds{5}, 32}};
  BOOST_TEST(soon.full(1).level() == 1);
  BOOST_TEST(soon.watch.shedding().payload_above == 32U);
  BOOST_TEST(soon.full(1).watch.shedding().payload_above == 2U);
  BOOST_TEST(soon.drained().after(milliseconds{5}).after(milliseconds{5}).level() == 0);
}

BOOST_AUTO_TEST_SUITE_END()
