// What signatures cost, as counted; and what becomes of those that cost too much.
#include <boost/test/unit_test.hpp>

#include "dataplane/exchange/rule_report_file.hh"
#include "dataplane/match/rule_budget.hh"
#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t look_cycles = 1'000'000'000;  // of the time stamp counter between two looks

const std::string two_rules =
    "alert udp any any -> any any (msg:\"one\"; content:\"needle\"; sid:1;)\n"
    "drop udp any any -> any any (msg:\"other\"; content:\"thread\"; content:\"absent\"; sid:2;)\n";

// Two to the power of 30 ways to read it, each in vain.
const std::string dear_rule =
    "alert udp any any -> any any (msg:\"dear\"; content:\"aaaa\"; pcre:\"/(a+)+$/\"; sid:3;)\n";
const std::string dear_text = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";

void send(PipelineRun& run, std::string_view text, std::size_t times = 1) {
  for (std::size_t i = 0; i < times; ++i)
    (void)run.send(
        udp_frame(ends("192.0.2.1", static_cast<std::uint16_t>(1024 + run.sent), "198.51.100.1", 9), as_bytes(text)));
}

PipelineOptions options() {
  auto options = small_options();
  options.record = Record::findings;
  return options;
}

// Looks that come as the main core's do, at a worker whose costs the test makes up.
struct Looks {
  std::unique_ptr<Generation> live = generation_of_rules(two_rules);
  RuleBudget budget;
  RuleBudget::Clock::time_point now{};
  std::uint64_t cycles = 5 * look_cycles;

  explicit Looks(RuleBudgetOptions options) : budget(std::move(options)) { (void)look(); }

  std::vector<RuleBudget::Suspended> look() {
    now += rule_look_interval;
    cycles += look_cycles;
    return budget.look(*live, now, cycles, tick_from_nanoseconds(1'700'000'000'000'000'000));
  }
  // 160 tries, of which 10 were measured, that take so many hundredths of the time until the next look.
  void spend(std::size_t row, std::uint64_t percent) {
    auto& costs = live->scratch[0]->costs();
    costs[row].checked.add(160);
    for (int i = 0; i < 10; ++i) costs.add_sample(row, look_cycles / 100 * percent / 160);
  }
  void hit_limits(std::size_t row, int times) {
    for (int i = 0; i < times; ++i) live->scratch[0]->costs().add_limit(row);
  }
  [[nodiscard]] bool is_suspended(std::size_t row) const { return live->scratch[0]->costs()[row].suspended; }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(rule_cost)

BOOST_AUTO_TEST_CASE(tries_and_matches_are_counted_by_rule_and_one_try_in_sixteen_is_measured) {
  auto generation = generation_of_rules(two_rules);
  auto& costs = generation->scratch[0]->costs();
  const auto& live = *generation;
  PipelineRun run{options(), std::move(generation)};
  send(run, "a needle", 33);
  send(run, "a thread", 2);
  send(run, "neither", 50);
  BOOST_TEST(costs[0].checked.value() == 33U);
  BOOST_TEST(costs[0].matched.value() == 33U);
  BOOST_TEST(costs[0].sampled.value() == 3U);  // the first, the 17th, the 33rd
  BOOST_TEST(costs[0].cycles.value() > 0U);
  BOOST_TEST(costs[1].checked.value() == 2U);
  BOOST_TEST(costs[1].matched.value() == 0U);
  BOOST_TEST(costs.sampled_cycles() == costs[0].cycles.value() + costs[1].cycles.value());

  const auto report = rule_report(live);
  BOOST_REQUIRE(report.rules.size() == 2U);
  BOOST_TEST(report.rules[0].label.rule_id == "test/1");
  BOOST_TEST(report.rules[1].label.line == 2U);
  BOOST_TEST(report.rules[0].estimated >= report.rules[0].cycles * 10);
  BOOST_TEST(estimated_cycles(33, 3, 300) == 3300U);
  BOOST_TEST(estimated_cycles(33, 0, 0) == 0U);
}

BOOST_AUTO_TEST_CASE(a_suspended_rule_is_not_tried_and_the_others_are) {
  auto generation = generation_of_rules(two_rules);
  auto& costs = generation->scratch[0]->costs();
  PipelineRun run{options(), std::move(generation)};
  costs[0].suspended = true;
  send(run, "needle and thread and absent", 3);
  BOOST_TEST(run.events().size() == 3U);  // of the other rule
  BOOST_TEST(costs[0].checked.value() == 0U);
  BOOST_TEST(costs[0].skipped.value() == 3U);
  BOOST_TEST(costs[1].matched.value() == 3U);
  BOOST_TEST(run.pipeline().counters().signatures_suspended == 3U);
  costs[0].suspended = false;
  send(run, "needle");
  BOOST_TEST(run.events().size() == 1U);
}

BOOST_AUTO_TEST_CASE(limits_of_expressions_count_and_other_bounds_do_not) {
  // The other one tries each place of each content for each place of those before it, without an expression.
  std::string places = "content:\"aaaa\"; content:\"a\"; ";
  for (int i = 0; i < 5; ++i) places += "content:\"a\"; distance:0; within:20; ";
  auto generation = generation_of_rules(dear_rule + "alert udp any any -> any any (msg:\"t\"; " + places +
                                        "content:\"z\"; distance:0; within:20; sid:4;)\n");
  auto& costs = generation->scratch[0]->costs();
  PipelineRun run{options(), std::move(generation)};
  send(run, dear_text, 4);
  BOOST_TEST(costs[0].limits.value() == 4U);
  BOOST_TEST(costs[0].matched.value() == 0U);
  BOOST_TEST(costs[1].checked.value() == 4U);
  BOOST_TEST(costs[1].limits.value() == 0U);
  BOOST_TEST(costs.limits() == 4U);
  BOOST_TEST(run.pipeline().counters().signatures_cut == 8U);
}

BOOST_AUTO_TEST_CASE(a_rule_that_stays_over_its_share_is_suspended_and_a_short_burst_is_not) {
  Looks looks{{.percent = 10}};
  looks.spend(0, 50);  // one sample in which the worker lost its CPU
  BOOST_TEST(looks.look().empty());
  for (int i = 0; i < 20; ++i) BOOST_TEST(looks.look().empty());
  std::vector<RuleBudget::Suspended> said;
  int needed = 0;
  while (said.empty() && needed < 20) {
    looks.spend(0, 5);
    looks.spend(1, 12);
    said = looks.look();
    ++needed;
  }
  BOOST_TEST(needed == 1 + int{rule_looks_over_budget});  // with the first it begins to look at each rule
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST(said[0].label.rule_id == "test/2");
  BOOST_TEST((said[0].cause == Suspension::cycles));
  BOOST_TEST(said[0].measured >= 119U);
  BOOST_TEST(said[0].measured <= 120U);
  BOOST_TEST(looks.is_suspended(1));
  BOOST_TEST(!looks.is_suspended(0));
  BOOST_TEST(looks.budget.state().rules == 1U);
  BOOST_TEST(looks.budget.state().blocking == 1U);
  BOOST_TEST(looks.budget.state().first == "test/2");
  BOOST_TEST(looks.budget.suspensions(Suspension::cycles) == 1U);
  const auto report = looks.budget.report(*looks.live, looks.cycles);
  BOOST_TEST((report.rules[1].suspension == Suspension::cycles));
  BOOST_TEST(report.rules[1].suspended_ns == 1'700'000'000'000'000'000);
  BOOST_TEST(report.elapsed == (21U + static_cast<unsigned>(needed)) * look_cycles);
}

BOOST_AUTO_TEST_CASE(looks_over_the_share_with_one_between_them_do_not_add_up) {
  Looks looks{{.percent = 10}};
  for (int i = 0; i < 12; ++i) {
    looks.spend(1, i % 3 == 2 ? 1 : 30);
    BOOST_TEST(looks.look().empty());
  }
}

BOOST_AUTO_TEST_CASE(an_exempt_rule_and_a_share_of_0_suspend_nothing) {
  for (const auto& options :
       {RuleBudgetOptions{10, 5, {"test/2"}}, RuleBudgetOptions{10, 5, {"test/*"}}, RuleBudgetOptions{0, 0, {}}}) {
    Looks looks{options};
    for (int i = 0; i < 10; ++i) {
      looks.spend(1, 90);
      looks.hit_limits(1, 100);
      BOOST_TEST(looks.look().empty());
    }
    BOOST_TEST(!looks.is_suspended(1));
    BOOST_TEST(looks.budget.report(*looks.live, looks.cycles).rules[0].exempt == !options.exempt.empty());
  }
}

BOOST_AUTO_TEST_CASE(hits_of_limits_count_by_the_minute) {
  Looks looks{{.percent = 0, .limit_hits = 100}};
  for (int minute = 0; minute < 3; ++minute) {
    looks.hit_limits(0, 100);
    for (int i = 0; i < 120; ++i) BOOST_TEST(looks.look().empty());
  }
  looks.hit_limits(0, 101);
  const auto said = looks.look();
  BOOST_REQUIRE(said.size() == 1U);
  BOOST_TEST((said[0].cause == Suspension::limits));
  BOOST_TEST(said[0].measured == 101U);
  BOOST_TEST(looks.is_suspended(0));
  BOOST_TEST(looks.budget.state().blocking == 0U);
}

BOOST_AUTO_TEST_CASE(a_rule_comes_back_when_resumed_and_with_other_rules) {
  Looks looks{{.percent = 0, .limit_hits = 10}};
  looks.hit_limits(0, 11);
  looks.hit_limits(1, 11);
  BOOST_TEST(looks.look().size() == 2U);
  BOOST_TEST(RuleBudget::first_unknown(*looks.live, {"test/1", "test/9"}) == "test/9");
  BOOST_TEST(looks.budget.resume(*looks.live, {"test/1"}) == 1U);
  BOOST_TEST(!looks.is_suspended(0));
  BOOST_TEST(looks.is_suspended(1));
  BOOST_TEST(looks.look().empty());  // what was before does not count again
  looks.hit_limits(0, 11);
  BOOST_TEST(looks.look().size() == 1U);
  BOOST_TEST(looks.budget.resume(*looks.live, {}) == 2U);
  BOOST_TEST(looks.budget.state().rules == 0U);

  looks.hit_limits(1, 11);
  BOOST_TEST(looks.look().size() == 1U);
  looks.live = generation_of_rules(two_rules, 2);
  BOOST_TEST(looks.look().empty());
  BOOST_TEST(looks.budget.state().rules == 0U);
  BOOST_TEST(looks.budget.suspensions(Suspension::limits) == 4U);
}

BOOST_AUTO_TEST_CASE(a_report_comes_back_as_it_was_and_never_reads_beyond_its_end) {
  RuleReport report{7, 3, 2, 99, {}};
  report.rules.push_back({0,
                          {"list/1", "msg", "list.rules", 12, 1, SignatureAction::reject_both},
                          1,
                          2,
                          3,
                          4,
                          5,
                          6,
                          7,
                          Suspension::limits,
                          8,
                          true});
  report.rules.push_back({2, {"list/2", "", "", 0, 2, SignatureAction::alert}});
  const auto bytes = encode_rule_report(report);
  const auto back = decode_rule_report(bytes);
  BOOST_REQUIRE(back.has_value());
  BOOST_TEST(back->generation == 7U);
  BOOST_TEST(back->signatures == 3U);
  BOOST_TEST(back->workers == 2U);
  BOOST_TEST(back->elapsed == 99U);
  BOOST_REQUIRE(back->rules.size() == 2U);
  const auto& row = back->rules[0];
  BOOST_TEST(row.label.rule_id == "list/1");
  BOOST_TEST(row.label.subject == "msg");
  BOOST_TEST(row.label.file == "list.rules");
  BOOST_TEST(row.label.line == 12U);
  BOOST_TEST((row.label.action == SignatureAction::reject_both));
  BOOST_TEST(row.checked == 1U);
  BOOST_TEST(row.matched == 2U);
  BOOST_TEST(row.sampled == 3U);
  BOOST_TEST(row.cycles == 4U);
  BOOST_TEST(row.estimated == 5U);
  BOOST_TEST(row.limits == 6U);
  BOOST_TEST(row.skipped == 7U);
  BOOST_TEST((row.suspension == Suspension::limits));
  BOOST_TEST(row.suspended_ns == 8);
  BOOST_TEST(row.exempt);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const std::vector<std::uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
    const auto read = decode_rule_report(cut);
    if (size + 8 < bytes.size()) BOOST_TEST(!read.has_value(), size);
  }
}

BOOST_AUTO_TEST_SUITE_END()
