#include "control/tap/guard_watch.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct Watched : TemporaryFolder {
  std::string file = path + "/guard";
  GuardWatch watch{file};
  GuardWatch::Clock::time_point now{seconds{100}};

  void after(milliseconds time) {
    now += time;
    watch.look(now);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_guard_watch, Watched)

BOOST_AUTO_TEST_CASE(a_tap_without_a_guard_has_no_bypass) {
  after(milliseconds{0});
  BOOST_TEST(!watch.status().has_value());
  BOOST_TEST(!watch.bypass().has_value());
}

BOOST_AUTO_TEST_CASE(a_guard_lives_while_it_looks) {
  const auto made = GuardFile::make(file);
  BOOST_REQUIRE(made.has_value());
  made->page().holder = WireHolder::data_plane;
  made->page().looks = 7;  // by one that is dead, for all that is known
  after(milliseconds{0});
  BOOST_REQUIRE(watch.status().has_value());
  BOOST_TEST(!watch.status()->up);
  after(milliseconds{500});
  BOOST_TEST(!watch.status()->up);
  made->page().looks = 8;
  after(milliseconds{20});
  BOOST_TEST(watch.status()->up);
  BOOST_TEST(!watch.bypass().has_value());
  after(milliseconds{900});
  BOOST_TEST(watch.status()->up);
  after(milliseconds{200});
  BOOST_TEST(!watch.status()->up);
}

BOOST_AUTO_TEST_CASE(while_the_guard_has_the_wire_the_state_is_bypass_and_says_why) {
  const auto made = GuardFile::make(file);
  BOOST_REQUIRE(made.has_value());
  auto& page = made->page();
  page.holder = WireHolder::guard;
  page.since_ns = 1'795'235'787'000'000'000;
  for (const auto& [reason, words] : {std::pair{TakeoverReason::absent, "no data plane runs"},
                                      {TakeoverReason::hung, "the data plane hangs"},
                                      {TakeoverReason::idle, "does not forward yet"},
                                      {TakeoverReason::ordered, "ordered"}}) {
    page.reason = reason;
    ++page.looks;
    after(milliseconds{20});
    const auto bypass = watch.bypass();
    BOOST_REQUIRE(bypass.has_value());
    BOOST_TEST(bypass->state == "bypass");
    BOOST_TEST(bypass->since_ns == 1'795'235'787'000'000'000);
    BOOST_TEST(bypass->reason.find(words) != std::string::npos, bypass->reason);
  }
  // What a guard that was killed has opened stays open.
  after(seconds{2});
  BOOST_REQUIRE(watch.bypass().has_value());
  BOOST_TEST(watch.bypass()->reason.find("has ended") != std::string::npos);
  page.holder = WireHolder::nobody;
  after(milliseconds{20});
  BOOST_TEST(!watch.bypass().has_value());
}

BOOST_AUTO_TEST_CASE(an_order_to_nobody_is_an_error_with_the_place) {
  const auto sent = send_bypass_order(path + "/nobody", BypassOrder::on);
  BOOST_TEST((!sent && sent.error().find("/nobody") != std::string::npos));
  BOOST_TEST(!send_bypass_order("/" + std::string(200, 'x'), BypassOrder::on).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
