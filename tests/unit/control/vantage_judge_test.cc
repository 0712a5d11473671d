#include "control/vantage/vantage_judge.hh"

#include <boost/test/unit_test.hpp>
#include <functional>

#include "control/vantage/vantage_document.hh"
#include "control/vantage/vantage_text.hh"

using namespace sluice;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using Sign = WiringSign;

namespace {

// A tap with one pair (or more), of which a sample is taken every 5 s; each change says what came in these 5 s.
struct Watched {
  VantageJudge judge;
  VantageSample now;
  std::uint64_t outside_packets = 10;  // in 5 s

  Watched() {
    now.epoch = 1;
    now.pairs = {{"lab", {}, 0}};
    now.wall = tick_from_nanoseconds(1'700'000'000'000'000'000);
    judge.take(now);
  }
  using Change = std::function<void(Wiring&)>;
  void pass(
      seconds time, const Change& change = [](Wiring&) {}) {
    constexpr seconds step{5};
    for (seconds passed{}; passed < time; passed += step) {
      now.time += step;
      now.wall += step;
      change(now.pairs[0].signs);
      now.pairs[0].received_outside += outside_packets;
      judge.take(now);
    }
  }
  [[nodiscard]] const VantageJudgement& of(VantageCondition condition, const std::string& pair = "lab") const {
    for (const auto& judgement : judge.judgements())
      if (judgement.condition == condition && judgement.pair == (is_of_wiring(condition) ? pair : "")) return judgement;
    throw std::logic_error{"it is not judged"};
  }
  [[nodiscard]] std::string state(VantageCondition condition) const {
    return std::string{vantage_state_names[static_cast<std::size_t>(of(condition).state)]};
  }
  [[nodiscard]] std::string swapped() const { return state(VantageCondition::ports_swapped); }
  [[nodiscard]] std::string one_direction() const { return state(VantageCondition::one_direction_only); }
  [[nodiscard]] std::string no_dhcp() const { return state(VantageCondition::no_dhcp); }
};

Watched::Change each(std::vector<std::pair<Sign, std::uint64_t>> signs) {
  return [signs = std::move(signs)](Wiring& wiring) {
    for (const auto& [sign, count] : signs) wiring[sign] += count;
  };
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vantage_judge)

BOOST_AUTO_TEST_CASE(an_idle_network_is_not_known_and_not_fine) {
  Watched tap;
  tap.pass(hours{2});
  for (const auto& judgement : tap.judge.judgements())
    BOOST_TEST((judgement.state == VantageState::not_known), text_of(judgement.condition));
  tap.pass(minutes{5}, each({{Sign::asked, 1}}));
  BOOST_TEST(tap.one_direction() == "not-known");
}

BOOST_AUTO_TEST_CASE(ordinary_traffic_has_nothing_to_be_found) {
  Watched tap;
  tap.pass(minutes{1},
           each({{Sign::asked, 5}, {Sign::connected, 4}, {Sign::private_inside, 2}, {Sign::public_pair, 1}}));
  BOOST_TEST(tap.swapped() == "not-found");
  BOOST_TEST(tap.one_direction() == "not-found");
  tap.pass(minutes{9});
  BOOST_TEST(tap.swapped() == "not-found");
  tap.pass(minutes{3});
  BOOST_TEST(tap.swapped() == "not-known");
  BOOST_TEST(tap.one_direction() == "not-known");
}

BOOST_AUTO_TEST_CASE(swapped_ports_are_found_within_a_minute_and_stay_so_without_traffic) {
  Watched tap;
  tap.pass(seconds{45}, each({{Sign::connected, 1}, {Sign::private_outside, 1}}));
  BOOST_TEST(tap.swapped() == "not-known");
  const auto before = tap.now.wall;
  tap.pass(seconds{5}, each({{Sign::connected, 1}, {Sign::private_outside, 1}}));
  BOOST_TEST(tap.swapped() == "found");
  BOOST_TEST((tap.of(VantageCondition::ports_swapped).since > before));
  tap.pass(hours{3});
  BOOST_TEST(tap.swapped() == "found");
}

BOOST_AUTO_TEST_CASE(they_are_over_when_the_opposite_has_shown_for_a_minute) {
  Watched tap;
  tap.pass(minutes{1}, each({{Sign::private_outside, 2}}));
  BOOST_REQUIRE(tap.swapped() == "found");
  tap.pass(seconds{45}, each({{Sign::private_inside, 2}}));
  BOOST_TEST(tap.swapped() == "found");
  tap.pass(seconds{20}, each({{Sign::private_inside, 2}}));
  BOOST_TEST(tap.swapped() == "not-found");
  BOOST_TEST(tap.of(VantageCondition::ports_swapped).figures.empty());
}

BOOST_AUTO_TEST_CASE(another_data_plane_is_judged_anew_at_once) {
  Watched tap;
  tap.pass(minutes{1}, each({{Sign::private_outside, 2}, {Sign::unheard_outside, 2}}));
  BOOST_REQUIRE(tap.swapped() == "found");
  tap.now.epoch = 2;
  tap.now.pairs[0].signs = {};
  tap.now.pairs[0].received_outside = 0;
  tap.pass(seconds{5});
  BOOST_TEST(tap.swapped() == "not-known");
  BOOST_TEST(tap.one_direction() == "not-known");
}

BOOST_AUTO_TEST_CASE(what_points_both_ways_is_nothing) {
  Watched mixed;
  mixed.pass(minutes{5}, each({{Sign::private_outside, 8}, {Sign::private_inside, 1}}));
  BOOST_TEST(mixed.swapped() == "not-known");
  Watched university;  // whose monitoring, outside, has a private address
  university.pass(minutes{5}, each({{Sign::private_outside, 2}, {Sign::public_pair, 1}}));
  BOOST_TEST(university.swapped() == "not-known");
  Watched well_set_up;
  well_set_up.pass(seconds{5}, each({{Sign::client_inside, 1}, {Sign::server_outside, 1}}));
  well_set_up.pass(minutes{5}, each({{Sign::private_outside, 2}}));
  BOOST_TEST(well_set_up.swapped() == "not-found");
}

BOOST_AUTO_TEST_CASE(without_private_addresses_who_sets_the_network_up_tells_the_sides) {
  Watched swapped;
  swapped.pass(minutes{3}, each({{Sign::public_pair, 9}}));
  BOOST_TEST(swapped.swapped() == "not-known");
  swapped.pass(seconds{15}, each({{Sign::client_outside, 1}, {Sign::router_inside, 1}}));
  BOOST_TEST(swapped.swapped() == "found");
  Watched right;
  right.pass(seconds{15}, each({{Sign::client_inside, 1}, {Sign::router_outside, 1}}));
  BOOST_TEST(right.swapped() == "not-found");
}

BOOST_AUTO_TEST_CASE(questions_that_a_broadcast_domain_floods_from_outside_mean_nothing) {
  Watched tap;
  tap.pass(minutes{20}, each({{Sign::client_outside, 9}}));
  BOOST_TEST(tap.swapped() == "not-known");
  tap.pass(minutes{20}, each({{Sign::client_outside, 9}, {Sign::server_outside, 1}, {Sign::router_inside, 1}}));
  BOOST_TEST(tap.swapped() == "not-known");
}

BOOST_AUTO_TEST_CASE(answers_that_go_past_the_tap_are_found_with_their_side) {
  for (const auto sign : {Sign::unheard_outside, Sign::unheard_inside}) {
    Watched tap;
    tap.pass(seconds{45}, each({{sign, 1}}));
    BOOST_TEST(tap.one_direction() == "not-known");
    tap.pass(seconds{5}, each({{sign, 1}}));
    BOOST_TEST(tap.one_direction() == "found");
    BOOST_TEST(tap.of(VantageCondition::one_direction_only).silent_inside == (sign == Sign::unheard_inside));
    tap.pass(seconds{45}, each({{Sign::connected, 2}}));
    BOOST_TEST(tap.one_direction() == "not-found");
  }
}

BOOST_AUTO_TEST_CASE(asymmetric_routes_are_not_one_direction) {
  Watched both;
  both.pass(minutes{5}, each({{Sign::unheard_outside, 50}, {Sign::unheard_inside, 50}}));
  BOOST_TEST(both.one_direction() == "not-known");
  Watched some;
  some.pass(minutes{5}, each({{Sign::unheard_outside, 90}, {Sign::connected, 1}}));
  BOOST_TEST(some.one_direction() == "not-known");
}

BOOST_AUTO_TEST_CASE(a_side_from_which_nothing_comes_at_all_is_found_in_half_a_minute) {
  Watched tap;
  tap.pass(minutes{2}, each({{Sign::asked, 3}, {Sign::connected, 3}}));
  tap.outside_packets = 0;
  tap.pass(seconds{20}, each({{Sign::asked, 3}}));
  BOOST_TEST(tap.one_direction() == "not-found");
  tap.pass(seconds{10}, each({{Sign::asked, 3}}));
  BOOST_TEST(tap.one_direction() == "found");
  BOOST_TEST(!tap.of(VantageCondition::one_direction_only).silent_inside);
  // What comes again is no proof yet: connections are.
  tap.outside_packets = 5;
  tap.pass(minutes{2}, each({{Sign::asked, 3}}));
  BOOST_TEST(tap.one_direction() == "found");
  tap.pass(seconds{15}, each({{Sign::connected, 2}}));
  BOOST_TEST(tap.one_direction() == "not-found");
}

BOOST_AUTO_TEST_CASE(a_dead_upstream_that_still_speaks_and_a_quiet_night_are_not) {
  Watched upstream;  // spanning tree alone
  upstream.outside_packets = 2;
  upstream.pass(minutes{10}, each({{Sign::asked, 20}}));
  BOOST_TEST(upstream.one_direction() == "not-known");
  Watched night;
  night.outside_packets = 0;
  night.pass(hours{8}, each({{Sign::asked, 1}}));
  BOOST_TEST(night.one_direction() == "not-known");
}

BOOST_AUTO_TEST_CASE(a_mirror_port_has_both_directions) {
  Watched tap;
  tap.outside_packets = 0;
  tap.pass(minutes{10}, each({{Sign::asked, 20}, {Sign::connected, 1}}));
  BOOST_TEST(tap.one_direction() == "not-found");
}

BOOST_AUTO_TEST_CASE(no_dhcp_takes_an_hour_and_hours_of_devices_and_ends_with_the_first_message) {
  Watched tap;
  tap.now.devices.present = tap.now.devices.known = 500;
  tap.pass(minutes{59});
  BOOST_TEST(tap.no_dhcp() == "not-known");
  tap.pass(minutes{2});
  BOOST_TEST(tap.no_dhcp() == "found");
  tap.pass(seconds{5}, each({{Sign::dhcp_other, 1}}));
  BOOST_TEST(tap.no_dhcp() == "not-found");
  Watched few;
  few.now.devices.present = few.now.devices.known = 10;
  few.pass(hours{24});
  BOOST_TEST(few.no_dhcp() == "not-known");
  few.pass(hours{2});
  BOOST_TEST(few.no_dhcp() == "found");
  Watched nobody;
  nobody.now.devices.present = 2;
  nobody.pass(hours{240});
  BOOST_TEST(nobody.no_dhcp() == "not-known");
}

BOOST_AUTO_TEST_CASE(what_the_inventory_suspects_is_summed_up) {
  Watched tap;
  tap.now.devices.known = 4;
  tap.pass(seconds{5});
  BOOST_TEST(tap.state(VantageCondition::nat_suspected) == "not-found");
  BOOST_TEST(tap.state(VantageCondition::router_between) == "not-found");
  tap.now.devices.several = tap.now.devices.routed = 1;
  tap.now.devices.several_ids = {"0b9ed8b6-53a1-4c4e-9f0e-3f6a5d2c1b77"};
  tap.pass(seconds{5});
  BOOST_TEST(tap.state(VantageCondition::nat_suspected) == "found");
  BOOST_TEST(tap.state(VantageCondition::router_between) == "found");
  BOOST_TEST(vantage_text(tap.of(VantageCondition::nat_suspected)) ==
             "1 of 4 devices look like several behind one address.");
  tap.now.epoch = 2;  // a restart of the data plane says nothing of devices
  tap.pass(seconds{5});
  BOOST_TEST(tap.state(VantageCondition::nat_suspected) == "found");
}

BOOST_AUTO_TEST_CASE(pairs_are_judged_each_by_itself) {
  Watched tap;
  tap.now.pairs.push_back({"other", {}, 0});
  tap.pass(seconds{5});
  tap.pass(minutes{1}, each({{Sign::private_outside, 2}}));
  BOOST_TEST((tap.of(VantageCondition::ports_swapped, "lab").state == VantageState::found));
  BOOST_TEST((tap.of(VantageCondition::ports_swapped, "other").state == VantageState::not_known));
}

BOOST_AUTO_TEST_CASE(counters_that_go_down_are_no_reason_for_anything) {
  Watched tap;
  tap.pass(minutes{1}, each({{Sign::connected, 100}, {Sign::unheard_outside, 50}}));
  tap.now.pairs[0].signs = {};
  tap.now.pairs[0].received_outside = 0;
  tap.pass(seconds{30});
  BOOST_TEST(tap.one_direction() != "found");
  BOOST_TEST(tap.swapped() == "not-known");
}

BOOST_AUTO_TEST_CASE(the_pairs_of_a_group_are_one) {
  TapReading reading;
  reading.ports = {"a-in", "a-out", "b-in", "b-out", "c-in", "c-out", "d-in", "d-out"};
  reading.workers.resize(2);
  for (auto& worker : reading.workers) {
    for (std::size_t pair = 0; pair < 4; ++pair) {
      worker.counters.wiring[pair][Sign::connected] = pair + 1;
      worker.counters.ports[2 * pair + 1].received = 10 * (pair + 1);
    }
  }
  const auto samples = pair_samples(reading, {{"a", 1}, {"b", 0}, {"c", 1}});
  BOOST_REQUIRE(samples.size() == 3U);
  BOOST_TEST(samples[0].name == "a");
  BOOST_TEST(samples[0].signs[Sign::connected] == 8U);
  BOOST_TEST(samples[0].received_outside == 80U);
  BOOST_TEST(samples[1].name == "b");
  BOOST_TEST(samples[1].signs[Sign::connected] == 4U);
  BOOST_TEST(samples[2].name == "3");  // the configuration was changed meanwhile
  BOOST_TEST(samples[2].received_outside == 80U);
}

BOOST_AUTO_TEST_CASE(it_is_shown_with_what_it_stands_on_and_what_to_do) {
  Watched tap;
  tap.pass(minutes{1}, each({{Sign::private_outside, 2}}));
  const auto check = vantage_document(tap.judge.judgements()).at("checks").at(0);
  BOOST_TEST(check.at("condition") == "ports-swapped");
  BOOST_TEST(check.at("pair") == "lab");
  BOOST_TEST(check.at("state") == "found");
  BOOST_TEST(check.at("severity") == "wrong");
  BOOST_TEST(check.at("figures").at("begun_outside") == 24);
  BOOST_TEST(check.at("says").get<std::string>().find("24 connections") != std::string::npos);
  BOOST_TEST(!check.at("remedy").get<std::string>().empty());
  const auto quiet = vantage_document(tap.judge.judgements()).at("checks").at(1);
  BOOST_TEST(quiet.at("state") == "not-known");
  BOOST_TEST(!quiet.contains("remedy"));
  BOOST_TEST(vantage_summary(tap.judge.judgements()).dump() == R"([{"condition":"ports-swapped","pair":"lab"}])");
  BOOST_TEST(vantage_note(tap.judge.judgements()[0]).at("state") == "begun");
}

BOOST_AUTO_TEST_SUITE_END()
