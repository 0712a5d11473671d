#include "dataplane/pipeline/known_answer_probe.hh"

#include "dataplane/signatures/signature_set_parts.hh"
#include "dataplane/verdict/verdict.hh"
#include "tests/unit/rule_run.hh"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

// Literals in several buffers, one of them in streams too; an expression without any.
const std::string signatures = R"(
alert http any any -> any any (msg:"uri"; http.uri; content:"/probe-uri"; sid:1;)
alert tcp any any -> any any (msg:"stream"; content:"|00 ff|ProBe"; nocase; sid:2;)
alert http any any -> any any (msg:"expression"; http.host; pcre:"/pro+be/"; sid:3;)
alert udp any any -> any any (msg:"any"; dsize:>0; threshold:type limit, track by_rule, count 1, seconds 99; sid:4;)
)";

struct Probing {
  explicit Probing(std::unique_ptr<Generation> rules, const PipelineOptions& options = small_options())
      : generation(std::move(rules)), probe(options, *generation, 0) {}

  ProbeFault run() {
    probe.run(clock, time, reading);
    clock += KnownAnswerProbe::interval;
    time += KnownAnswerProbe::interval;
    return reading.fault;
  }

  std::unique_ptr<Generation> generation;
  KnownAnswerProbe probe;
  KnownAnswerProbe::Clock::time_point clock{1h};
  Tick time = tick_from_nanoseconds(1'700'000'000'000'000'000);
  ProbeReading reading;
};

std::unique_ptr<Generation> listed(std::uint32_t number = 1) {
  return std::move(*make_generation(listed_rules(), {}, number, 1));
}

// What the generation says that it holds, it does not.
KnownAnswer& promise_of(Generation& generation) { return const_cast<KnownAnswer&>(generation.ruleset.known_answer()); }

}  // namespace

BOOST_AUTO_TEST_SUITE(known_answer_probe)

BOOST_AUTO_TEST_CASE(it_succeeds_time_and_again_with_rules_of_every_kind_and_with_none) {
  for (const bool has_signatures : {false, true}) {
    Probing probing{has_signatures ? generation_of_rules(signatures, 7) : listed(7)};
    for (std::uint64_t i = 1; i <= 3; ++i) {
      BOOST_TEST((probing.run() == ProbeFault::none));
      BOOST_TEST(probing.reading.runs == i);
      BOOST_TEST(probing.reading.success_generation == 7U);
      BOOST_TEST(probing.reading.success_ns == nanoseconds_since_epoch(probing.time - KnownAnswerProbe::interval));
    }
    BOOST_TEST(probing.reading.failures == 0U);
  }
  Probing without{std::move(*make_generation({}, {}, 0, 1))};
  BOOST_TEST((without.run() == ProbeFault::none));
}

BOOST_AUTO_TEST_CASE(it_is_due_every_five_seconds_and_at_once_with_other_rules) {
  Probing probing{listed()};
  BOOST_TEST(probing.probe.is_due(probing.clock));
  (void)probing.run();
  BOOST_TEST(!probing.probe.is_due(probing.clock - 1ms));
  BOOST_TEST(probing.probe.is_due(probing.clock));
  (void)probing.run();
  const auto next = listed(2);
  probing.probe.use(*next);
  BOOST_TEST(probing.probe.is_due(probing.clock - 5s));
  BOOST_TEST((probing.run() == ProbeFault::none));
  BOOST_TEST(probing.reading.success_generation == 2U);
}

BOOST_AUTO_TEST_CASE(neither_policy_nor_other_rules_on_it_make_it_fail) {
  RuleList rules;
  rules.indicators = {indicator(RuleKind::domain, "invalid"), indicator(RuleKind::cidr, "100::/64")};
  PolicyLine line;
  line.name = "all";
  line.action = PolicyAction::drop;
  line.although_breaks = true;
  rules.policy.lines.push_back(line);
  rules.policy.traffic = {{"nobody-is-watched", {}, {}, {}, {}, TrafficAction::exempt, {}}};
  auto options = small_options(Mode::enforce);
  options.policy.block_addresses = true;
  Probing probing{std::move(*make_generation(rules, {}, 1, 1)), options};
  for (int i = 0; i < 2; ++i) BOOST_TEST((probing.run() == ProbeFault::none));
  const auto& ruleset = probing.generation->ruleset;
  for (const auto row : {ruleset.known_name_row(), ruleset.known_address_row()})
    BOOST_TEST((decide(options.policy, ruleset, row, {}, {}, probing.time).action == Action::pass));
}

BOOST_AUTO_TEST_CASE(its_rows_are_behind_all_others_and_of_no_list) {
  const auto rules = generation_of_rules(signatures);
  const auto& ruleset = rules->ruleset;
  BOOST_TEST(ruleset.size() == 4U);
  BOOST_TEST(rules->first_signature_row == 0U);
  BOOST_TEST(ruleset.known_name_row() == 4U);
  BOOST_TEST(!ruleset.has(RuleKind::host));
  BOOST_TEST(std::move(*make_generation({}, {}, 0, 1))->ruleset.size() == 0U);
  Hits hits;
  ruleset.match_name(ruleset.known_answer().name, hits);
  ruleset.match_address(ruleset.known_answer().address, hits);
  BOOST_TEST((hits.count == 2 && hits.rows[0] == 4 && hits.rows[1] == 5));
  Hits neighbours;
  auto address = ruleset.known_answer().address;
  address.bytes.back() ^= 1;
  ruleset.match_address(address, neighbours);
  ruleset.match_name("x." + ruleset.known_answer().name, neighbours);
  ruleset.match_name("probe.sluice.invalid", neighbours);
  BOOST_TEST(neighbours.count == 0U);
}

BOOST_AUTO_TEST_CASE(nobody_can_guess_the_name) {
  const auto one = KnownAnswer::of_generation(1);
  const auto other = KnownAnswer::of_generation(2);
  BOOST_TEST(one.name != other.name);
  BOOST_TEST((one.address != other.address));
  BOOST_TEST(one.name.size() == 32 + std::string_view{".probe.sluice.invalid"}.size());
  BOOST_TEST(one.address.text().starts_with("100::"));
}

BOOST_AUTO_TEST_CASE(rules_that_count_count_no_probe) {
  Probing probing{generation_of_rules(signatures)};
  for (int i = 0; i < 5; ++i) BOOST_TEST((probing.run() == ProbeFault::none));
  const auto& costs = probing.generation->scratch[0]->costs();
  for (std::size_t row = 0; row < costs.size(); ++row) BOOST_TEST(costs[row].checked.value() == 0U);
  // Sid 4 reports once for a while: the first datagram of the traffic is its first.
  PipelineRun run{small_options(), std::move(probing.generation)};
  run.send(udp_frame(ends("192.168.1.10", 5000, "198.51.100.7", 9), as_bytes("x")));
  const auto events = run.events();
  BOOST_TEST(std::count_if(events.begin(), events.end(),
                           [](const std::string& line) { return line.starts_with("alert"); }) == 1);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_not_found_is_a_failure_until_it_is_found_again) {
  Probing probing{listed()};
  const auto name = promise_of(*probing.generation).name;
  promise_of(*probing.generation).name.front() = name.front() == 'a' ? 'b' : 'a';
  probing.probe.use(*probing.generation);
  BOOST_TEST((probing.run() == ProbeFault::name));
  BOOST_TEST((probing.run() == ProbeFault::name));
  BOOST_TEST(probing.reading.failures == 2U);
  BOOST_TEST(probing.reading.success_ns == 0);
  promise_of(*probing.generation).name = name;
  probing.probe.use(*probing.generation);
  BOOST_TEST((probing.run() == ProbeFault::none));
  BOOST_TEST((probing.reading.runs == 3 && probing.reading.failures == 2));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_found_is_a_failure) {
  Probing probing{listed()};
  promise_of(*probing.generation).address.bytes[12] ^= 1;
  probing.probe.use(*probing.generation);
  BOOST_TEST((probing.run() == ProbeFault::address));
}

BOOST_AUTO_TEST_CASE(rules_that_were_swapped_under_it_are_a_failure) {
  Probing probing{listed(1)};
  probing.generation->ruleset = std::move(listed(2)->ruleset);
  BOOST_TEST((probing.run() == ProbeFault::name));
}

BOOST_AUTO_TEST_CASE(a_scan_that_does_not_find_its_pattern_is_a_failure_and_says_where) {
  Probing probing{generation_of_rules(signatures)};
  const auto other = generation_of_rules(R"(alert tcp any any -> any any (content:"something else"; sid:1;))");
  auto& stream = probing.generation->scratch[0]->parts().known_stream;
  stream.swap(other->scratch[0]->parts().known_stream);
  BOOST_TEST((probing.run() == ProbeFault::patterns));
  BOOST_TEST(probing.reading.database == buffer_count);
  stream.swap(other->scratch[0]->parts().known_stream);
  BOOST_TEST((probing.run() == ProbeFault::none));
}

BOOST_AUTO_TEST_CASE(databases_that_do_not_find_their_patterns_never_become_rules) {
  auto read = [](const std::string& text) { return parse_signatures(text, "test").signatures; };
  const auto wanted = read(R"(alert http any any -> any any (http.uri; content:"/probe-uri"; sid:1;))");
  const auto other = read(R"(alert http any any -> any any (http.uri; content:"/another"; sid:1;))");
  auto databases = *compile_databases(other, make_prefilter(other));
  databases.prefilter_digest = prefilter_digest(make_prefilter(wanted));
  const auto made = make_generation(RuleList{{}, wanted}, databases, 1, 1);
  BOOST_REQUIRE(!made.has_value());
  BOOST_TEST(made.error() ==
             "databases, http.uri: a pattern of their own is not found; compile the rules again on this machine");
}

BOOST_AUTO_TEST_SUITE_END()
