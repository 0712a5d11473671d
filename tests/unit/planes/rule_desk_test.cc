#include "dataplane/generations/rule_desk.hh"

#include "tests/unit/rule_desk_run.hh"

using namespace sluice;
using namespace sluice::test;

BOOST_AUTO_TEST_SUITE(rule_desk)

BOOST_AUTO_TEST_CASE(a_push_takes_over_and_a_restart_begins_with_it) {
  Desk tap;
  tap.start();
  BOOST_TEST(tap.state().find("uninspected: no rules") == 0U);
  BOOST_TEST(tap.push({tap.pack("alpha", 1)}) == "2");
  BOOST_TEST(tap.state() == "inspecting");
  BOOST_TEST(tap.desk->swaps() == 1U);
  BOOST_TEST(tap.generations->live().number() == 2U);
  const auto digest = tap.desk->live().digest;
  BOOST_TEST(tap.push({tap.pack("alpha", 2), tap.pack("beta", 1)}) == "3");
  BOOST_TEST(tap.desk->rules_of(2)->digest == digest);
  BOOST_TEST(tap.desk->rules_of(3)->packs.size() == 2U);
  BOOST_TEST((tap.desk->rules_of(1) == nullptr));
  BOOST_TEST((tap.desk->rules_of(0) == nullptr));

  const auto last = tap.desk->live().digest;
  // Kept when the push is answered: whoever kills the tap then has it back.
  BOOST_TEST(PackStore{tap.directory()}.load().packs.size() == 2U);
  tap.open();
  BOOST_TEST(tap.state() == "starting: the first rules are being loaded");
  tap.start();
  BOOST_TEST(tap.desk->live().digest == last);
  BOOST_TEST(tap.state() == "inspecting");
  BOOST_TEST(tap.desk->swaps() == 0U);
}

BOOST_AUTO_TEST_CASE(a_reload_takes_the_live_packs_over_and_is_no_push) {
  Desk tap;
  tap.start();
  BOOST_TEST(tap.push({tap.pack("alpha", 5)}) == "2");
  const auto digest = tap.desk->live().digest;
  auto next = tap.settings();
  next.enforcement.mode = Mode::enforce;
  auto& line = next.policy.lines.emplace_back();
  line.name = "stop";
  line.action = PolicyAction::drop;
  BOOST_TEST(tap.reload(std::optional{next}, true) == "2");  // a dry run
  BOOST_TEST((tap.generations->live().policy->mode == Mode::monitor));
  BOOST_TEST(tap.reload(std::optional{next}) == "3");
  const auto& live = tap.generations->live();
  BOOST_TEST((live.policy->mode == Mode::enforce));
  BOOST_TEST((live.ruleset.policy_line(0, {}) != nullptr));
  BOOST_TEST(tap.desk->live().digest == digest);
  BOOST_TEST(tap.push({tap.pack("alpha", 6)}) == "4");  // which goes by the new settings
  BOOST_TEST((tap.generations->live().policy->mode == Mode::enforce));
  BOOST_TEST(tap.reload(std::optional<LoaderSettings>{}) == "4");
  BOOST_TEST(tap.reload(tl::unexpected(std::string{"tap.json:1:1: no"})) == "tap.json:1:1: no");
  // A pack that the new settings do not take: what runs is better than that.
  next.keyring = {};
  BOOST_TEST(tap.reload(std::optional{next}).find("no key is trusted") != std::string::npos);
  BOOST_TEST(tap.push({tap.pack("alpha", 7)}) == "5");
}

BOOST_AUTO_TEST_CASE(a_reload_before_any_push_keeps_no_packs) {
  Desk tap;
  tap.start();
  BOOST_TEST(tap.reload(std::optional{tap.settings()}) == "2");
  tap.until([&] { return !tap.desk->is_busy(); });
  BOOST_TEST(tap.state().find("uninspected: no rules") == 0U);
  tap.open();
  BOOST_TEST(PackStore{tap.directory()}.load().packs.empty());
}

BOOST_AUTO_TEST_CASE(a_refused_push_and_a_dry_run_leave_what_is_live) {
  Desk tap;
  tap.start();
  BOOST_TEST(tap.push({tap.pack("alpha", 5)}) == "2");
  const auto digest = tap.desk->live().digest;
  BOOST_TEST(tap.push({tap.pack("alpha", 4)}).find("older than 5") != std::string::npos);
  BOOST_TEST(tap.push({tap.pack("alpha", 6)}, false, true) == "2");
  BOOST_TEST(tap.desk->live().digest == digest);
  BOOST_TEST(tap.generations->live().number() == 2U);
  BOOST_TEST(tap.desk->swaps() == 1U);
  BOOST_TEST(tap.push({tap.pack("alpha", 6)}) == "3");
}

BOOST_AUTO_TEST_CASE(the_floor_outlives_packs_and_restarts_and_a_rollback_lowers_it) {
  Desk tap;
  tap.start();
  BOOST_TEST(tap.push({tap.pack("alpha", 5)}) == "2");
  BOOST_TEST(tap.push({}) == "3");  // withdrawn
  BOOST_TEST(tap.push({tap.pack("alpha", 4)}).find("older than 5") != std::string::npos);
  tap.until([&] { return PackStore{tap.directory()}.load_floor()->sequences.size() == 1; });
  tap.open();
  tap.start();
  BOOST_TEST(tap.push({tap.pack("alpha", 4)}).find("older than 5") != std::string::npos);
  BOOST_TEST(tap.push({tap.pack("alpha", 3)}, true) == "2");
  BOOST_TEST(tap.push({tap.pack("alpha", 4)}) == "3");
}

BOOST_AUTO_TEST_CASE(one_push_at_a_time_and_a_worker_that_hangs_is_said) {
  Desk tap;
  BOOST_TEST(tap.push({}).find("first rules are still being loaded") != std::string::npos);
  tap.start();
  tap.worker_moves = false;
  BOOST_REQUIRE(tap.desk->push({tap.pack("alpha", 1)}, {}, false, false, today).has_value());
  BOOST_TEST(tap.push({}).find("another push or reload is under way") != std::string::npos);
  std::optional<tl::expected<PublishResult, std::string>> outcome;
  tap.until([&] {
    if (auto taken = tap.desk->take_outcome()) outcome = std::move(taken);
    return outcome.has_value();
  });
  BOOST_REQUIRE(!outcome->has_value());
  BOOST_TEST(outcome->error().find("a worker has not taken it up") != std::string::npos);
  BOOST_TEST(tap.push({}).find("not every worker") != std::string::npos);
  tap.worker_moves = true;
  tap.until([&] { return !tap.desk->is_busy(); });
  BOOST_TEST(tap.push({}) == "3");
}

BOOST_AUTO_TEST_CASE(what_expires_while_it_runs_keeps_running_and_is_said) {
  Desk tap;
  tap.start();
  const auto soon = nanoseconds_since_epoch(today) + 1'000'000'000;
  BOOST_TEST(tap.push({tap.pack("alpha", 1, soon)}) == "2");
  TapCondition condition;
  tap.desk->describe(condition, today);
  BOOST_TEST(condition.stale.empty());
  tap.desk->describe(condition, today + std::chrono::seconds{1});
  BOOST_TEST(condition.stale == "pack alpha");
  BOOST_TEST(judge(condition).reason.find("rules stale since 2025-06-15 15:06:41 UTC") ==
             0U);  // date -u -d @1750000001
}

BOOST_AUTO_TEST_CASE(what_expires_first_of_packs_and_manifest_is_known_before_and_after) {
  Desk tap;
  tap.start();
  BOOST_TEST(tap.desk->first_expiry().at_ns == 0);
  BOOST_TEST(tap.push({tap.pack("alpha", 1)}) == "2");
  BOOST_TEST(tap.desk->first_expiry().at_ns == 0);  // it never does
  const auto at = nanoseconds_since_epoch(today);
  constexpr std::int64_t second_ns = 1'000'000'000;
  BOOST_TEST(tap.push({tap.pack("beta", 1, at + 3 * second_ns), tap.pack("gamma", 1, at + 2 * second_ns)}) == "3");
  BOOST_TEST(tap.desk->first_expiry().what == "pack gamma");
  BOOST_TEST(tap.desk->first_expiry().at_ns == at + 2 * second_ns);
  tap.now = today + std::chrono::seconds{5};
  BOOST_TEST(tap.state().find("degraded: rules stale since 2025-06-15 15:06:42 UTC: pack gamma has expired") == 0U,
             tap.state());  // date -u -d @1750000002
  BOOST_TEST(tap.desk->first_expiry().what == "pack gamma");
  tap.now = today;
  const std::vector packs{tap.pack("alpha", 2, at + 3 * second_ns)};
  BOOST_TEST(tap.push(packs, false, false, tap.manifest(7, packs, at + second_ns)) == "4");
  BOOST_TEST(tap.desk->first_expiry().what == "ruleset phones");
  BOOST_TEST(tap.desk->first_expiry().at_ns == at + second_ns);
}

BOOST_AUTO_TEST_CASE(named_packs_run_until_a_push_and_damage_degrades_until_the_next_one) {
  TemporaryFolder folder;
  Desk tap{{folder.path + "/alpha.pack"}};
  tap.publisher.write(tap.named[0], pack_of("alpha", 1, {"alpha.example"}));
  tap.start();
  BOOST_TEST(tap.state() == "inspecting");
  BOOST_TEST(tap.push({tap.pack("alpha", 2), tap.pack("beta", 1)}) == "2");
  tap.until([&] { return PackStore{tap.directory()}.load().packs.size() == 2; });
  write_text(tap.directory() + "/packs/" + tap.desk->live().packs[1].about.digest, "damaged");
  tap.open();
  tap.start();
  BOOST_TEST(tap.state().find("degraded: last good pack beta is lost") == 0U);
  BOOST_TEST(tap.desk->live().packs.size() == 1U);
  BOOST_TEST(tap.push({tap.pack("alpha", 2), tap.pack("beta", 1)}) == "2");
  BOOST_TEST(tap.state() == "inspecting");
}

BOOST_AUTO_TEST_CASE(rules_that_cannot_be_kept_are_live_and_the_state_says_it) {
  Desk tap;
  write_text(tap.directory(), "a file where the folder should be");
  tap.open();
  tap.start();
  BOOST_TEST(tap.push({tap.pack("alpha", 1)}) == "2");
  BOOST_TEST(tap.state().find("degraded: a restart would not know these rules") == 0U);
}

BOOST_AUTO_TEST_CASE(a_manifest_and_its_packs_are_one_push_and_an_older_one_is_refused) {
  Desk tap;
  tap.start();
  const std::vector<SealedPack> second{tap.pack("alpha", 2), tap.pack("beta", 1)};
  const std::vector<SealedPack> third{tap.pack("alpha", 1), tap.pack("beta", 2)};  // alpha went back on purpose
  BOOST_TEST(tap.push(second, false, false, tap.manifest(2, second)) == "2");
  BOOST_TEST(tap.desk->live().manifest->sequence == 2U);
  const auto digest = tap.desk->live().digest;

  BOOST_TEST(tap.push(third, false, false, tap.manifest(2, second)).find("pack alpha is not the one") == 0U);
  BOOST_TEST(tap.push({second[0], third[1]}, false, false, tap.manifest(3, third)).find("pack alpha is not") == 0U);
  BOOST_TEST(tap.push({second[0]}, false, false, tap.manifest(3, second)).find("pack beta of the manifest") == 0U);
  BOOST_TEST(tap.push(third, false, false, tap.manifest(1, third)).find("sequence 1 is older than 2") !=
             std::string::npos);
  BOOST_TEST(tap.push(third).find("the ruleset phones was live before") == 0U);
  BOOST_TEST(tap.desk->live().digest == digest);

  BOOST_TEST(tap.push(third, false, false, tap.manifest(3, third)) == "3");
  BOOST_TEST(tap.push(second, true, false, tap.manifest(2, second)) == "4");
  BOOST_TEST(tap.push(third, false, false, tap.manifest(3, third)) == "5");
  BOOST_TEST(tap.push({tap.pack("beta", 3)}, true) == "6");  // an operator leaves the ruleset
  BOOST_TEST(!tap.desk->live().manifest.has_value());
  BOOST_TEST(tap.push({tap.pack("beta", 4)}) == "7");
}

BOOST_AUTO_TEST_CASE(a_restart_keeps_the_manifest_and_its_floor) {
  Desk tap;
  tap.start();
  const std::vector packs{tap.pack("alpha", 2)};
  BOOST_TEST(tap.push(packs, false, false, tap.manifest(7, packs)) == "2");
  tap.until([&] { return PackStore{tap.directory()}.load_floor()->sequences.size() == 2; });
  tap.open();
  tap.start();
  BOOST_TEST(tap.state() == "inspecting");
  BOOST_REQUIRE(tap.desk->live().manifest.has_value());
  BOOST_TEST(tap.desk->live().manifest->sequence == 7U);
  BOOST_TEST(tap.push(packs, false, false, tap.manifest(6, packs)).find("older than 7") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_tap_that_follows_a_ruleset_takes_nothing_else) {
  Desk tap;
  tap.ruleset = "tablets";
  tap.open();
  tap.start();
  const std::vector packs{tap.pack("alpha", 2)};
  BOOST_TEST(tap.push(packs).find("this tap takes packs with the manifest of the ruleset tablets alone") == 0U);
  BOOST_TEST(tap.push(packs, true, false, tap.manifest(1, packs)).find("runs the ruleset tablets") !=
             std::string::npos);
  BOOST_TEST(tap.push(packs, false, false, tap.publisher.signed_manifest(manifest_of("tablets", 1, packs))) == "2");
}

BOOST_AUTO_TEST_CASE(a_key_that_is_revoked_takes_its_packs_along_at_the_next_start) {
  Desk tap;
  tap.start();
  const std::vector packs{tap.pack("alpha", 2)};
  BOOST_TEST(tap.push(packs, false, false, tap.manifest(7, packs)) == "2");
  tap.until([&] { return PackStore{tap.directory()}.load().packs.size() == 1; });
  tap.keyring.revoked = {tap.publisher.key().id};
  tap.open();
  tap.start();
  BOOST_TEST(tap.desk->live().packs.empty());
  BOOST_TEST(tap.state().find("uninspected") == 0U, tap.state());
  const auto refused = tap.push(packs, false, false, tap.manifest(8, packs));
  BOOST_TEST(refused.find("is revoked here") != std::string::npos, refused);
  BOOST_TEST(tap.push({tap.pack("gamma", 1)}, true).find("is revoked here") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_ruleset_that_expires_while_it_runs_keeps_running_and_no_new_one_is_taken) {
  Desk tap;
  tap.start();
  const std::vector packs{tap.pack("alpha", 2)};
  const auto ends = nanoseconds_since_epoch(today) + 1'000'000'000;
  BOOST_TEST(tap.push(packs, false, false, tap.manifest(7, packs, ends)) == "2");
  tap.now = today + std::chrono::seconds{1};
  BOOST_TEST(tap.state().find("degraded: rules stale since 2025-06-15 15:06:41 UTC: ruleset phones has expired") == 0U,
             tap.state());  // date -u -d @1750000001
  BOOST_TEST(tap.desk->live().packs.size() == 1U);
  const auto refused = tap.push(packs, false, false, tap.manifest(8, packs, ends));
  BOOST_TEST(refused.find("manifest of phones, sequence 8: it has expired") == 0U, refused);
  tap.now = Tick{};  // a clock that was never set
  BOOST_TEST(tap.push(packs, false, false, tap.manifest(8, packs, ends)) == "3");
}

BOOST_AUTO_TEST_CASE(a_clock_that_was_far_ahead_refuses_nothing_once_an_operator_says_so) {
  Desk tap;
  tap.start();
  const auto ends = nanoseconds_since_epoch(today) + 1'000'000'000;
  tap.now = today + std::chrono::hours{24 * 365};
  BOOST_TEST(tap.push({tap.pack("alpha", 1)}) == "2");
  tap.now = today;
  const auto refused = tap.push({tap.pack("alpha", 2, ends)});
  BOOST_TEST(refused.find("it has expired by 2026-06-15T15:06:40Z, which this tap has known") != std::string::npos,
             refused);
  BOOST_TEST(refused.find("its clock says 2025-06-15T15:06:40Z") != std::string::npos, refused);
  BOOST_TEST(tap.push({tap.pack("alpha", 2, ends)}, true) == "3");
  BOOST_TEST(tap.push({tap.pack("alpha", 3, ends)}) == "4");
}

BOOST_AUTO_TEST_SUITE_END()
