#include "dataplane/rule_desk.hh"

#include <boost/test/unit_test.hpp>
#include <thread>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr auto patience = std::chrono::seconds{30};
const Tick today = tick_from_nanoseconds(1'750'000'000'000'000'000);

// A desk with one worker, which the test is.
struct Desk {
  explicit Desk(std::vector<std::string> named = {}) : named(std::move(named)) { open(); }

  void open() {
    desk.reset();
    generations = std::make_unique<GenerationSwitch>(1, std::move(*make_generation({}, {}, 0, 1)));
    LoaderSettings settings;
    settings.keyring.trusted = {publisher.key()};
    desk = std::make_unique<RuleDesk>(std::move(settings), named, PackStore{directory()}, *generations);
  }
  void start() {
    desk->start(today);
    until([&] { return desk->has_started() && !desk->is_busy(); });
  }
  template <class Done>
  void until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!done() && std::chrono::steady_clock::now() < deadline) {
      desk->step(today);
      if (worker_moves) (void)generations->current(0);
      std::this_thread::yield();
    }
    BOOST_REQUIRE(done());
  }
  // The generation's number, or why there is none.
  std::string push(std::vector<SealedPack> packs, bool allow_rollback = false, bool dry_run = false) {
    const auto begun = desk->push(std::move(packs), allow_rollback, dry_run, today);
    if (!begun) return begun.error();
    std::optional<tl::expected<PublishResult, std::string>> outcome;
    until([&] {
      if (!outcome) outcome.emplace(tl::unexpected(std::string{}));
      if (auto taken = desk->take_outcome()) outcome = std::move(taken);
      return *outcome || !outcome->error().empty();
    });
    return *outcome ? std::to_string((*outcome)->generation) : outcome->error();
  }
  [[nodiscard]] SealedPack pack(const std::string& name, std::uint64_t sequence, std::int64_t expires_ns = 0) const {
    return publisher.signed_pack(pack_of(name, sequence, {name + ".example"}, expires_ns));
  }
  [[nodiscard]] std::string state() const {
    TapCondition condition;
    desk->describe(condition, today);
    const auto verdict = judge(condition);
    return std::string{name_of(verdict.state)} + (verdict.reason.empty() ? "" : ": ") + verdict.reason;
  }
  [[nodiscard]] std::string directory() const { return folder.path + "/state"; }

  TemporaryFolder folder;
  Publisher publisher;
  std::vector<std::string> named;
  bool worker_moves = true;
  std::unique_ptr<GenerationSwitch> generations;
  std::unique_ptr<RuleDesk> desk;
};

}  // namespace

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
  tap.until([&] { return PackStore{tap.directory()}.load().packs.size() == 2; });
  tap.open();
  BOOST_TEST(tap.state() == "starting: the first rules are being loaded");
  tap.start();
  BOOST_TEST(tap.desk->live().digest == last);
  BOOST_TEST(tap.state() == "inspecting");
  BOOST_TEST(tap.desk->swaps() == 0U);
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
  BOOST_REQUIRE(tap.desk->push({tap.pack("alpha", 1)}, false, false, today).has_value());
  BOOST_TEST(tap.push({}).find("another push is under way") != std::string::npos);
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
  BOOST_TEST(condition.stale_pack.empty());
  tap.desk->describe(condition, today + std::chrono::seconds{1});
  BOOST_TEST(condition.stale_pack == "alpha");
  BOOST_TEST(judge(condition).reason.find("rules stale since 2025-06-15 15:06:41 UTC") ==
             0U);  // date -u -d @1750000001
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
  tap.until([&] { return tap.state() != "inspecting"; });
  BOOST_TEST(tap.state().find("degraded: a restart would not know these rules") == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
