#include "dataplane/exchange/tap_state.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;

namespace {

TapCondition healthy() {
  TapCondition condition;
  condition.has_rules = true;
  return condition;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(tap_state)

BOOST_AUTO_TEST_CASE(the_gravest_reason_wins) {
  auto condition = healthy();
  BOOST_TEST((judge(condition).state == TapState::inspecting));
  BOOST_TEST(judge(condition).reason.empty());

  condition.shortcoming = "last good pack vendors is lost";
  BOOST_TEST((judge(condition).state == TapState::degraded));
  BOOST_TEST(judge(condition).reason == "last good pack vendors is lost");

  condition.stale = "pack vendors";
  condition.stale_since = tick_from_nanoseconds(1'772'409'599'000'000'000);  // date -u -d @1772409599
  BOOST_TEST((judge(condition).state == TapState::degraded));
  BOOST_TEST(judge(condition).reason == "rules stale since 2026-03-01 23:59:59 UTC: pack vendors has expired");

  condition.lapsed = "worker 0: the flow table is full (flow.table_entries)";
  BOOST_TEST((judge(condition).state == TapState::degraded));
  BOOST_TEST(judge(condition).reason == condition.lapsed);

  condition.suspended_rules = 2;
  condition.suspended_rule = "vendors/7";
  BOOST_TEST(judge(condition).reason == "2 rules suspended for their cost (vendors/7)");
  condition.suspended_blocking = 1;
  BOOST_TEST((judge(condition).state == TapState::degraded));
  BOOST_TEST(judge(condition).reason ==
             "2 rules suspended for their cost, 1 that block: their traffic passes (vendors/7)");

  condition.unaccounted = "worker 1: port eth0: 3 packets received and not accounted for";
  BOOST_TEST((judge(condition).state == TapState::degraded));
  BOOST_TEST(judge(condition).reason == condition.unaccounted);

  condition.unanswered = "worker 0: the known-answer probe failed: the name was not found";
  BOOST_TEST((judge(condition).state == TapState::uninspected));
  BOOST_TEST(judge(condition).reason == condition.unanswered);

  condition.has_rules = false;
  BOOST_TEST((judge(condition).state == TapState::uninspected));
  BOOST_TEST(judge(condition).reason == "no rules: last good pack vendors is lost");

  condition.loading_first = true;
  BOOST_TEST((judge(condition).state == TapState::starting));

  condition.hung_worker = 3;
  BOOST_TEST((judge(condition).state == TapState::uninspected));
  BOOST_TEST(judge(condition).reason == "worker 3 has stopped moving");
}

BOOST_AUTO_TEST_CASE(a_tap_without_any_rules_says_what_to_do) {
  BOOST_TEST(judge(TapCondition{}).reason == "no rules: push a pack, or name lists in the configuration");
}

BOOST_AUTO_TEST_CASE(names_are_those_of_the_documents_and_garbage_has_one_too) {
  BOOST_TEST(name_of(TapState::starting) == "starting");
  BOOST_TEST(name_of(TapState::stopped) == "stopped");
  BOOST_TEST(name_of(static_cast<TapState>(77)) == "unknown");
}

BOOST_AUTO_TEST_SUITE_END()
