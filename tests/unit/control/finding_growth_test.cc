#include "control/store/finding_growth.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/unit/event_record.hh"

using namespace sluice;

namespace {

// 2026-11-21T04:36:27.123456Z and so many seconds
Finding finding(std::int64_t second = 0, Action action = Action::pass) {
  Finding found;
  found.rule = std::make_shared<const RuleFacts>(telemetry_row());
  found.device_is_inside = true;
  found.device = address("192.0.2.10");
  found.remote = address("198.51.100.7");
  found.time = header(EventType::alert).time + std::chrono::seconds{second};
  found.stage = Stage::name_in_handshake;
  found.action = action;
  found.matched_field = Field::tls_sni;
  found.matched_value = "Data.Example.Net.";
  found.confidence = Confidence::high;
  return found;
}

constexpr FindingTally::Context context{"0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77", "00ff", "phone", false};

}  // namespace

BOOST_AUTO_TEST_SUITE(finding_growth)

BOOST_AUTO_TEST_CASE(alerts_of_a_day_are_added_up) {
  FindingTally tally;
  BOOST_TEST(tally.note(finding(), context));
  auto stronger = finding(-5, Action::drop);
  stronger.stage = Stage::data_sent;
  stronger.matched_value = "data.example.net";
  BOOST_TEST(tally.note(stronger, {context.tap_id, "11ee", "phone", true}));
  auto would = finding(9);
  would.would = Action::drop;
  would.stage = Stage::name_looked_up;
  BOOST_TEST(tally.note(would, context));
  auto again = finding(3);
  again.is_repeated = true;  // its body: the alert was counted
  BOOST_TEST(tally.note(again, context));
  auto grown = tally.take();
  BOOST_TEST(tally.size() == 0U);
  BOOST_REQUIRE(grown.size() == 1U);
  const auto& one = grown[0];
  BOOST_TEST(one.device_id == "phone");
  BOOST_TEST(one.device == "192.0.2.10");
  BOOST_TEST(one.rule_id == "phones/1");
  BOOST_TEST(one.destination == "data.example.net");
  BOOST_TEST(one.day == "2026-11-21");
  BOOST_TEST(one.finding_id == finding_id(finding(), context.tap_id));
  BOOST_TEST(one.count == 3U);
  BOOST_TEST(one.blocked == 1U);
  BOOST_TEST(one.would_block == 1U);
  BOOST_TEST(one.evidence == 1U);
  BOOST_TEST((one.stage == Stage::data_sent));
  BOOST_TEST(one.last_ns - one.first_ns == 14'000'000'000);
  BOOST_TEST(one.ruleset == "00ff");  // of the last
  BOOST_TEST(one.vlan.value() == 0U);
  BOOST_TEST(one.remote.value() == "198.51.100.7");
}

BOOST_AUTO_TEST_CASE(a_place_is_known_where_all_of_it_was_in_one) {
  const auto grown = [](const Finding& second) {
    FindingTally tally;
    BOOST_TEST(tally.note(finding(), context));
    BOOST_TEST(tally.note(second, context));
    return tally.take().at(0);
  };
  auto elsewhere = finding();
  elsewhere.remote = address("203.0.113.1");
  BOOST_TEST(!grown(elsewhere).remote.has_value());
  BOOST_TEST(grown(elsewhere).vlan.has_value());
  auto tagged = finding();
  tagged.vlan = 7;
  BOOST_TEST(!grown(tagged).vlan.has_value());
  BOOST_TEST(grown(tagged).remote.has_value());
}

BOOST_AUTO_TEST_CASE(each_day_device_rule_and_destination_is_by_itself) {
  FindingTally tally;
  auto other_device = finding();
  other_device.device = address("192.0.2.11");
  auto other_name = finding();
  other_name.matched_value = "more.example.net";
  auto no_rule = finding();
  no_rule.rule = nullptr;
  no_rule.rule_row = 7;
  for (const auto& one : {finding(), finding(86'400), other_name, no_rule, finding()})
    BOOST_TEST(tally.note(one, context));
  BOOST_TEST(tally.note(other_device, {context.tap_id, context.ruleset, "tablet", false}));
  const auto grown = tally.take();
  BOOST_TEST(grown.size() == 5U);
  const auto row = std::find_if(grown.begin(), grown.end(), [](const auto& one) { return one.rule_id == "row 7"; });
  BOOST_REQUIRE((row != grown.end()));
  BOOST_TEST(row->finding_id.empty());
}

BOOST_AUTO_TEST_CASE(a_name_may_hold_any_bytes_and_has_a_bound) {
  FindingTally tally;
  auto odd = finding();
  const auto text = std::string{"\xff\x00\x1b.", 4} + std::string(2 * FindingTally::destination_limit, 'x');
  odd.matched_value = text;
  BOOST_TEST(tally.note(odd, context));
  const auto grown = tally.take();
  BOOST_TEST(grown[0].destination.starts_with("\\xff"));
  BOOST_TEST(grown[0].destination.size() <= FindingTally::destination_limit + 3);
}

BOOST_AUTO_TEST_CASE(what_could_not_be_written_is_added_to_what_came_since) {
  FindingTally tally;
  BOOST_TEST(tally.note(finding(), context));
  auto other = finding();
  other.matched_value = "more.example.net";
  BOOST_TEST(tally.note(other, context));
  auto grown = tally.take();
  BOOST_TEST(tally.note(finding(60), {context.tap_id, "11ee", "phone", false}));
  BOOST_TEST(tally.put_back(std::move(grown)) == 0U);
  const auto all = tally.take();
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0].count == 2U);
  BOOST_TEST(all[0].last_ns - all[0].first_ns == 60'000'000'000);
  BOOST_TEST(all[0].ruleset == "11ee");
  BOOST_TEST(all[1].count == 1U);
}

BOOST_AUTO_TEST_CASE(beyond_its_bound_it_takes_nothing_new_and_says_so) {
  FindingTally tally;
  for (std::size_t i = 0; i < FindingTally::limit; ++i) {
    auto one = finding();
    const auto name = std::to_string(i) + ".example.net";
    one.matched_value = name;
    if (!tally.note(one, context)) BOOST_FAIL("no room for " << name);
  }
  auto further = finding();
  further.matched_value = "further.example.net";
  BOOST_TEST(!tally.note(further, context));
  auto known = finding();
  known.matched_value = "7.example.net";
  BOOST_TEST(tally.note(known, context));
  auto grown = tally.take();
  BOOST_TEST(tally.note(further, context));
  BOOST_TEST(tally.put_back(std::move(grown)) == 1U);  // the last of them, seen once
  BOOST_TEST(tally.size() == FindingTally::limit);
}

BOOST_AUTO_TEST_SUITE_END()
