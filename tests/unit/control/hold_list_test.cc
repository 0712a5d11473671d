#include "control/rollout/hold_list.hh"

#include <boost/test/unit_test.hpp>

#include "control/rollout/fuse.hh"
#include "control/rollout/trial.hh"
#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

BOOST_FIXTURE_TEST_SUITE(hold_list, TemporaryFolder)

BOOST_AUTO_TEST_CASE(it_is_there_after_a_restart) {
  HoldList list{path + "/held.json"};
  BOOST_TEST(list.add({"p/a", HoldCause::fuse, 12, {3, 2, 1}}));
  BOOST_TEST(list.add({"q/*", HoldCause::trial, 13, {}}));
  BOOST_TEST(list.add({"p/a", HoldCause::fuse, 99, {}}));  // it stays as it is
  list.save();
  HoldList again{path + "/held.json"};
  BOOST_TEST(again.complaint().empty());
  BOOST_REQUIRE_EQUAL(again.rules().size(), 2U);
  BOOST_TEST(again.rules()[0].rule == "p/a");
  BOOST_TEST(again.rules()[0].since_ns == 12);
  BOOST_TEST(again.rules()[0].counts.flows == 2U);
  BOOST_TEST(again.count(HoldCause::trial) == 1U);
  BOOST_TEST(again.ids().means("q/anything"));
  BOOST_TEST(!again.ids().means("p/b"));
  BOOST_TEST(again.remove("p/a", HoldCause::trial) == 0U);
  BOOST_TEST(again.remove("p/a", HoldCause::fuse) == 1U);
  BOOST_TEST(again.remove_all(HoldCause::trial) == 1U);
  BOOST_TEST(again.ids().empty());
}

BOOST_AUTO_TEST_CASE(it_is_bounded) {
  HoldList list{path + "/held.json"};
  for (std::size_t i = 0; i < HoldList::limit; ++i)
    BOOST_REQUIRE(list.add({"p/" + std::to_string(i), HoldCause::fuse, 0, {}}));
  BOOST_TEST(!list.add({"p/more", HoldCause::fuse, 0, {}}));
}

BOOST_AUTO_TEST_CASE(a_damaged_file_is_put_aside) {
  for (const auto* const text :
       {"{", "{}", R"({"held":[{"rule":"no id","cause":"fuse","since_ns":1,"blocks":0,"flows":0,"devices":0}]})",
        R"({"held":[{"rule":"p/a","cause":"else","since_ns":1,"blocks":0,"flows":0,"devices":0}]})"}) {
    write_text(path + "/held.json", text);
    const HoldList list{path + "/held.json"};
    BOOST_TEST(list.rules().empty());
    BOOST_TEST(list.complaint().find("put aside") != std::string::npos, text);
    BOOST_TEST(std::filesystem::exists(path + "/held.json.damaged"));
    BOOST_TEST(!std::filesystem::exists(path + "/held.json"));
  }
}

BOOST_AUTO_TEST_CASE(a_trial_is_there_after_a_restart) {
  BOOST_TEST(!load_trial(path + "/trial.json")->has_value());
  const TrialRequest request{std::chrono::minutes{30}, *PromoteCondition::parse("flows < 7")};
  BOOST_TEST(save_trial(path + "/trial.json", KeptTrial{request, 5}).has_value());
  const auto kept = load_trial(path + "/trial.json");
  BOOST_REQUIRE(kept.has_value() && kept->has_value());
  BOOST_TEST(((*kept)->request.condition == request.condition));
  BOOST_TEST((*kept)->request.time.count() == 1'800'000);
  BOOST_TEST(save_trial(path + "/trial.json", std::nullopt).has_value());
  BOOST_TEST(!load_trial(path + "/trial.json")->has_value());
  write_text(path + "/trial.json", R"({"promote_if":"flows > 7","time_ms":1,"began_ns":1})");
  BOOST_TEST(load_trial(path + "/trial.json").error().find("column 7") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(times_of_trials) {
  BOOST_TEST(trial_time("90s")->count() == 90'000);
  BOOST_TEST(trial_time("2d")->count() == 172'800'000);
  BOOST_TEST(trial_time("31d").has_value());
  for (const auto* const text : {"", "h", "0h", "1", "1w", "1h ", "-1h", "32d", "4294967295d", "99999999999s", "1.5h"})
    BOOST_TEST(!trial_time(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(the_fuse_trips_for_what_is_new_alone) {
  using std::chrono::hours;
  const auto now = Fuse::Clock::time_point{} + hours{100};
  Fuse fuse{{hours{1}, 10, 3}};
  fuse.arm(RuleIds{{"p/a", "p/c"}}, fuse.end_of(now));
  const std::vector<BlockTally::Row> rows{{"p/a", {50, 11, 1}, {50, 11, 1}},
                                          {"p/b", {50, 11, 9}, {50, 11, 9}},
                                          {"p/c", {50, 10, 4}, {50, 10, 4}},
                                          {"p/d", {0, 0, 0}, {50, 50, 50}}};
  const auto trips = fuse.look(rows, now);
  BOOST_REQUIRE_EQUAL(trips.size(), 2U);
  BOOST_TEST(trips[0].rule == "p/a");
  BOOST_TEST(trips[0].reason == "it blocked 11 flows, and may block 10 (fuse.flows)");
  BOOST_TEST(trips[1].reason == "it blocked 4 devices, and may block 3 (fuse.devices)");
  fuse.excuse("p/a");
  BOOST_TEST(fuse.look(rows, now).size() == 1U);
  BOOST_TEST(fuse.look(rows, now + hours{1}).empty());
  BOOST_TEST(fuse.armed(now + hours{1}).empty());
  fuse.arm(RuleIds{{"p/a"}}, fuse.end_of(now));  // another rule by now
  BOOST_TEST(fuse.look(rows, now).size() == 1U);
  Fuse open{{hours{1}, 0, 0}};
  open.arm(RuleIds{{"p/*"}}, open.end_of(now));
  BOOST_TEST(open.look(rows, now).empty());
}

BOOST_AUTO_TEST_SUITE_END()
