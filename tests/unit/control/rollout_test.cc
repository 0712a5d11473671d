#include "control/rollout/rollout.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/fake_tap.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

using Kind = PushFailure::Kind;

SignedPack signed_pack(std::uint64_t sequence, const std::vector<std::string>& names) {
  return {write_pack(pack_of("phones", sequence, names)), "signature"};
}

Rollout::Request trial_of(const char* condition, std::chrono::milliseconds time = std::chrono::hours{1}) {
  return {{}, false, TrialRequest{time, *PromoteCondition::parse(condition)}};
}

struct Rolling : TemporaryFolder {
  FakeTap tap{path + "/dataplane"};
  FakeCommands commands;
  EventStream stream;
  BlockTally tally;
  EventLoop events{{path + "/dataplane", "0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", "lab", path + "/redaction.key", {}},
                   commands.commands().rules,
                   stream};
  Pushes pushes{commands.commands(), path, {}};
  RolloutOptions options{path, std::chrono::milliseconds{0}, {std::chrono::hours{1}, 10, 3}};
  std::unique_ptr<Rollout> rollout = made();

  std::unique_ptr<Rollout> made() {
    return std::make_unique<Rollout>(options, Rollout::Parts{&pushes, &events, &tally, commands.commands()});
  }
  // Steps hold the operation now and then.
  template <class Do>
  auto patient(Do what) {
    auto done = what();
    for (int i = 0; i < 200 && !done && done.error().kind == Kind::busy; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
      done = what();
    }
    return done;
  }
  auto push(const SignedPack& pack, const Rollout::Request& request = {}) {
    return patient([&] { return rollout->push(pack, request); });
  }
  void block(const std::string& rule, std::uint64_t flows) {
    for (std::uint64_t flow = 1; flow <= flows; ++flow) tally.note({rule, flow, *Address::parse("192.0.2.1"), true});
  }
  std::vector<std::string> held() {
    std::vector<std::string> rules;
    for (const auto& rule : rollout->status().held) rules.push_back(rule.rule);
    return rules;
  }
};

using Ids = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_rollout, Rolling)

BOOST_AUTO_TEST_CASE(a_new_rule_that_blocks_too_much_is_held_until_it_is_reset) {
  BOOST_TEST(push(signed_pack(1, {"a.example"})).has_value());
  BOOST_TEST(push(signed_pack(2, {"a.example", "b.example"}))->new_rules == 1U);
  block("phones/b.example", 11);
  BOOST_TEST(soon([&] { return held() == Ids{"phones/b.example"}; }));
  BOOST_TEST((commands->held == Ids{"phones/b.example"}));
  BOOST_TEST(rollout->status().fuse_trips == 1U);
  BOOST_TEST(rollout->status().held[0].counts.flows == 11U);

  rollout.reset();
  commands->held.clear();
  rollout = made();  // the control plane was started anew
  BOOST_TEST(soon([&] { return commands->held == Ids{"phones/b.example"}; }));
  BOOST_TEST((patient([&] { return rollout->release({"phones/a.example"}); }).error().kind == Kind::refused));
  BOOST_TEST(*patient([&] { return rollout->release({"phones/b.example"}); }) == 1U);
  BOOST_TEST(commands->held.empty());
  block("phones/b.example", 30);
  std::this_thread::sleep_for(3 * PushWatch::look_interval);
  BOOST_TEST(held().empty());  // somebody has said that it may
}

BOOST_AUTO_TEST_CASE(a_held_rule_that_is_changed_gets_another_chance) {
  BOOST_TEST(push(signed_pack(1, {"a.example"})).has_value());
  block("phones/a.example", 11);
  BOOST_TEST(soon([&] { return held() == Ids{"phones/a.example"}; }));
  BOOST_TEST(push(signed_pack(2, {"a.example", "b.example"})).has_value());
  BOOST_TEST((held() == Ids{"phones/a.example"}));
  auto pack = pack_of("phones", 3, {"a.example", "b.example"});
  pack.rules.indicators[0].name = pack.rules.indicators[0].facts.subject = "narrow.a.example";
  BOOST_TEST(push({write_pack(pack), "signature"}).has_value());
  BOOST_TEST(held().empty());
}

BOOST_AUTO_TEST_CASE(new_rules_on_trial_are_held_before_they_are_live_and_promoted) {
  BOOST_TEST(push(signed_pack(1, {"a.example"})).has_value());
  const auto done = push(signed_pack(2, {"a.example", "b.example"}), trial_of("flows < 3"));
  BOOST_REQUIRE(done.has_value());
  BOOST_TEST(done->held == 1U);
  BOOST_TEST((commands->held_at_publication == Ids{"phones/b.example"}));
  BOOST_TEST((push(signed_pack(3, {"c.example"})).error().kind == Kind::refused));
  BOOST_TEST(patient([&] { return rollout->promote(); }).has_value());
  BOOST_TEST(commands->held.empty());
  BOOST_TEST(rollout->status().promoted == 1U);
  BOOST_TEST((patient([&] { return rollout->promote(); }).error().kind == Kind::refused));
  block("phones/b.example", 11);  // from now on the fuse is theirs
  BOOST_TEST(soon([&] { return held() == Ids{"phones/b.example"}; }));
}

BOOST_AUTO_TEST_CASE(a_condition_decides_when_the_time_is_over) {
  BOOST_TEST(push(signed_pack(1, {"a.example"})).has_value());
  BOOST_TEST(soon([&] { return events.status().up; }));
  const auto second = std::chrono::milliseconds{1000};
  BOOST_TEST(push(signed_pack(2, {"a.example", "b.example"}), trial_of("flows < 3", second)).has_value());
  block("phones/b.example", 3);
  BOOST_TEST(soon([&] { return rollout->status().withdrawn == 1U; }));
  BOOST_TEST(commands->held.empty());
  BOOST_TEST(commands->live[0].sequence == 1U);
  BOOST_TEST(push(signed_pack(2, {"a.example", "b.example"}), trial_of("flows < 3", second)).has_value());
  block("phones/b.example", 2);
  BOOST_TEST(soon([&] { return rollout->status().promoted == 1U; }));
  BOOST_TEST(commands->live[0].sequence == 2U);
}

BOOST_AUTO_TEST_CASE(a_trial_that_cannot_be_is_refused_and_leaves_nothing_held) {
  commands->refusal = "its signature is wrong";
  BOOST_TEST((push(signed_pack(1, {"a.example"}), trial_of("flows < 3")).error().kind == Kind::refused));
  BOOST_TEST(commands->held.empty());
  BOOST_TEST(held().empty());
  BOOST_TEST(!rollout->status().trial.has_value());
}

BOOST_AUTO_TEST_CASE(what_is_live_already_is_not_pushed_again) {
  Rollout::Request request;
  request.options.unless_live = true;
  BOOST_TEST(!push(signed_pack(1, {"a.example"}), request)->push.already_live);
  const auto again = push(signed_pack(1, {"a.example"}), request);
  BOOST_TEST(again->push.already_live);
  BOOST_TEST(again->push.published.generation == 2U);
  BOOST_TEST(commands->generation == 2U);
}

BOOST_AUTO_TEST_CASE(a_push_after_which_nothing_is_inspected_is_undone) {
  options.watch = std::chrono::seconds{60};
  rollout.reset();
  rollout = made();
  BOOST_TEST(soon([&] { return events.status().up; }));
  BOOST_TEST(push(signed_pack(1, {"a.example"})).has_value());
  std::this_thread::sleep_for(2 * PushWatch::look_interval);
  const auto done = push(signed_pack(2, {"b.example"}));
  BOOST_TEST(done->watch == 2U);
  tap.live(3, std::string(64, 'b'), TapState::uninspected, "worker 0: the known-answer probe failed");
  BOOST_TEST(soon([&] { return rollout->status().watch.state == WatchState::reverted; }));
  BOOST_TEST(rollout->status().watch.reason == "UNINSPECTED: worker 0: the known-answer probe failed");
  BOOST_TEST(commands->live[0].sequence == 1U);
  const auto history = pushes.history();
  BOOST_TEST(history.sets.back().cause == "undo");
  BOOST_TEST(pushes.counts()[static_cast<std::size_t>(PushResult::reverted)] == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
