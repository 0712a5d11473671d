#include "control/rollout/push_watch.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

// A tap that takes 1,000 packets a look, each at 2,000 cycles.
struct Play {
  TapSample sample;
  std::deque<TapSample> before;
  std::uint64_t packets = 1000;
  std::uint64_t cycles = 2000;

  Play() {
    sample.epoch = 1;
    sample.received = 5'000'000;
    for (int i = 0; i < 20; ++i) before.push_back(next());
  }
  TapSample next() {
    sample.at += PushWatch::look_interval;
    sample.received += packets;
    sample.busy_cycles += packets * cycles;
    return sample;
  }
  // Looks until it says something; "" where it does not within so many.
  std::string looks(PushWatch& watch, int count) {
    for (int i = 0; i < count; ++i)
      if (const auto reason = watch.look(next())) return *reason;
    return "";
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(push_watch, Play)

BOOST_AUTO_TEST_CASE(a_tap_that_does_as_before_is_left_alone) {
  PushWatch watch{before};
  BOOST_TEST(looks(watch, 200).empty());
  BOOST_TEST(!watch.is_over());
}

BOOST_AUTO_TEST_CASE(a_state_that_lasts_is_a_reason_and_one_that_does_not_is_none) {
  PushWatch watch{before};
  for (int i = 0; i < 10; ++i) {
    sample.is_uninspected = true;
    BOOST_TEST(looks(watch, 3).empty());
    sample.is_uninspected = false;
    BOOST_TEST(looks(watch, 1).empty());
  }
  sample.is_uninspected = true;
  sample.reason = "worker 0: the known-answer probe failed";
  BOOST_TEST(looks(watch, 4) == "UNINSPECTED: worker 0: the known-answer probe failed");
}

BOOST_AUTO_TEST_CASE(a_state_from_before_is_no_reason) {
  before.back().is_uninspected = true;
  sample.is_uninspected = true;
  PushWatch watch{before};
  BOOST_TEST(looks(watch, 20).empty());
}

BOOST_AUTO_TEST_CASE(packets_that_nobody_accounts_for_are_a_reason) {
  PushWatch watch{before};
  sample.unaccounted = 3;
  BOOST_TEST(looks(watch, 4) == "3 packets are not accounted for");
}

BOOST_AUTO_TEST_CASE(loss_is_a_reason_where_it_goes_on_and_was_not_there_before) {
  PushWatch watch{before};
  sample.lost += 500;  // a burst
  BOOST_TEST(looks(watch, 1).empty());
  sample.lost += 1;  // and half a percent
  for (int i = 0; i < 20; ++i) {
    sample.lost += 5;
    BOOST_TEST(looks(watch, 1).empty() == (i != 2));  // the burst is seen by four looks
  }
  PushWatch other{before};
  std::string reason;
  for (int i = 0; i < 10 && reason.empty(); ++i) {
    sample.lost += 100;
    reason = looks(other, 1);
  }
  BOOST_TEST(reason.find("% of the packets are lost at ports, 0.0 % before") != std::string::npos, reason);
}

BOOST_AUTO_TEST_CASE(loss_as_before_is_no_reason) {
  std::deque<TapSample> lossy;
  for (int i = 0; i < 20; ++i) {
    sample.lost += 100;
    lossy.push_back(next());
  }
  PushWatch watch{lossy};
  for (int i = 0; i < 20; ++i) {
    sample.lost += 200;
    BOOST_TEST(looks(watch, 1).empty());
  }
}

BOOST_AUTO_TEST_CASE(packets_that_take_far_longer_are_a_reason) {
  PushWatch watch{before};
  cycles = 60'000;
  BOOST_TEST(looks(watch, 12) == "a packet takes a worker 60000 cycles, 2000 before");
}

BOOST_AUTO_TEST_CASE(other_traffic_and_single_looks_are_not) {
  PushWatch dearer{before};
  cycles = 40'000;  // twenty times as many, and yet not much
  BOOST_TEST(looks(dearer, 50).empty());
  PushWatch jumping{before};
  for (int i = 0; i < 30; ++i) {
    cycles = 5'000'000;
    BOOST_TEST(looks(jumping, 1).empty());
    cycles = 2000;
    BOOST_TEST(looks(jumping, 4).empty());
  }
  PushWatch idle{before};
  packets = 3;  // too few for a mean
  cycles = 5'000'000;
  BOOST_TEST(looks(idle, 30).empty());
}

BOOST_AUTO_TEST_CASE(without_traffic_before_latency_is_not_judged) {
  PushWatch watch{{before.back()}};
  cycles = 5'000'000;
  BOOST_TEST(looks(watch, 30).empty());
}

BOOST_AUTO_TEST_CASE(a_data_plane_that_ends_by_itself_is_a_reason_and_one_that_was_ended_is_not) {
  PushWatch died{before};
  sample.epoch = 0;
  BOOST_TEST(looks(died, 10).empty());
  sample.epoch = 2;
  BOOST_TEST(looks(died, 1) == "the data plane ended by itself, and was started anew");
  PushWatch ended{before};
  sample.epoch = 0;
  sample.is_stopped = true;
  BOOST_TEST(looks(ended, 10).empty());
  sample.epoch = 2;
  BOOST_TEST(looks(ended, 1).empty());
  BOOST_TEST(ended.is_over());
}

BOOST_AUTO_TEST_SUITE_END()
