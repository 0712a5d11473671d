#include "control/tap/tap_attachment.hh"

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/unit/fake_tap.hh"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

struct Watched : TemporaryFolder {
  std::string file = path + "/dataplane";
  TapAttachment attachment{file};
  TapAttachment::Clock::time_point now{1h};

  // As the loop does it, at moments of our own.
  void after(std::chrono::milliseconds time) {
    for (auto left = time; left > 0ms; left -= 20ms) {
      now += 20ms;
      attachment.look(now);
      if (attachment.wants_renewal()) (void)attachment.renew(now);
    }
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_tap_attachment, Watched)

BOOST_AUTO_TEST_CASE(it_comes_later_and_ends_in_good_order) {
  after(1s);
  BOOST_TEST(!attachment.is_up());
  BOOST_TEST(!attachment.reason().empty());
  {
    FakeTap tap{file};
    BOOST_TEST(soon([&] { return after(20ms), attachment.is_up(); }));
    BOOST_TEST(attachment.reason().empty());
  }
  after(200ms);
  BOOST_TEST(!attachment.is_up());
  BOOST_TEST((attachment.reader() != nullptr));  // its last counters stay
}

BOOST_AUTO_TEST_CASE(what_a_dead_one_left_behind_is_not_up) {
  FakeTap tap{file};
  tap.hang = true;
  std::this_thread::sleep_for(20ms);
  after(20ms);
  BOOST_TEST((attachment.reader() != nullptr));
  after(100ms);
  BOOST_TEST(!attachment.is_up());
  after(2s);
  BOOST_TEST(!attachment.is_up());
}

BOOST_AUTO_TEST_CASE(a_hanging_one_is_reported_within_a_second_and_may_come_back) {
  FakeTap tap{file};
  BOOST_TEST(soon([&] { return after(20ms), attachment.is_up(); }));
  tap.hang = true;
  std::this_thread::sleep_for(20ms);
  after(20ms);
  after(700ms);
  BOOST_TEST(attachment.is_up());
  after(200ms);
  BOOST_TEST(!attachment.is_up());
  BOOST_TEST(attachment.reason().find("does not move") != std::string::npos);
  tap.hang = false;
  BOOST_TEST(soon([&] { return after(20ms), attachment.is_up(); }));
}

BOOST_AUTO_TEST_CASE(one_whose_main_core_moves_is_up_and_says_itself_that_its_workers_hang) {
  FakeTap tap{file};
  BOOST_TEST(soon([&] { return after(20ms), attachment.is_up(); }));
  tap.hang = true;
  std::this_thread::sleep_for(20ms);
  for (int i = 0; i < 40; ++i) {
    ++tap.layout().header().turns;
    after(60ms);
  }
  BOOST_TEST(attachment.is_up());
  after(1s);
  BOOST_TEST(!attachment.is_up());
}

BOOST_AUTO_TEST_CASE(one_that_was_killed_is_reported_sooner) {
  FakeTap tap{file};
  const auto child = ::fork();
  if (child == 0) ::_exit(0);
  BOOST_REQUIRE(::waitpid(child, nullptr, 0) == child);
  tap.layout().header().process = static_cast<std::uint32_t>(child);
  BOOST_TEST(soon([&] { return after(20ms), attachment.is_up(); }));  // it moves: another process name space
  tap.hang = true;
  std::this_thread::sleep_for(20ms);
  after(20ms);
  after(300ms);
  BOOST_TEST(!attachment.is_up());
  BOOST_TEST(attachment.reason().find("is gone") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_restart_is_attached_to) {
  auto first = std::make_unique<FakeTap>(file);
  BOOST_TEST(soon([&] { return after(20ms), attachment.is_up(); }));
  const auto epoch = attachment.reader()->epoch();
  const FakeTap second{file};
  after(400ms);
  BOOST_TEST(attachment.reader()->epoch() != epoch);
  BOOST_TEST(soon([&] { return after(20ms), attachment.is_up(); }));
}

BOOST_AUTO_TEST_SUITE_END()
