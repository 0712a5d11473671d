#include "dataplane/sets/policy_set.hh"

#include <boost/test/unit_test.hpp>
#include <optional>
#include <string>

#include "config/configuration.hh"
#include "dataplane/generations/policy_settings.hh"
#include "dataplane/verdict/verdict.hh"
#include "rules/facts/rule_list.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/policy/exception_list.hh"
#include "rules/signatures/signature_file.hh"

using namespace sluice;

namespace {

constexpr std::string_view list =
    "id,indicator,kind,class,recipient,confidence,expires\n"
    "one,a.example,domain,telemetry,Example Ltd,medium,\n"
    "two,b.example,domain,advertising,Other Ltd,low,\n"
    "three,192.0.2.7,ip,known-c2-indicator,,low,\n"
    "four,c.example,domain,telemetry,Example Ltd,high,2020-01-01\n";
constexpr std::string_view signatures = "drop tcp any any -> any any (content:\"x\"; sid:5;)\n";

RuleList rules_with(const std::string& policy) {
  const auto loaded = config::parse("{\"policy\":" + policy + "}", "tap.json");
  BOOST_REQUIRE_MESSAGE(loaded.has_value(), (loaded ? std::string{} : config::text(loaded.error().front())));
  RuleList rules;
  rules.indicators = parse_indicator_list(list, "list").rows;
  rules.signatures = parse_signatures(signatures, "own").signatures;
  BOOST_REQUIRE_EQUAL(rules.size(), 5U);
  rules.policy = site_policy(*loaded->policy);
  return rules;
}

Address address(const char* text) { return *Address::parse(text); }

// Name of the line that holds, "-" for none.
std::string line_of(const RuleList& rules, std::uint32_t row, const char* device, std::string_view destination = {},
                    std::optional<Address> remote = {}) {
  PolicySet set;
  set.build(rules.policy.lines, ListedIndicators{rules.indicators}, rules.signatures);
  const auto* const line = set.find(row, {address(device), 0, destination, remote, 0});
  return line == nullptr ? "-" : line->name;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(policy_set)

BOOST_AUTO_TEST_CASE(the_first_line_that_holds_is_found) {
  const auto rules = rules_with(R"({"groups":[{"name":"g","devices":["10.0.0.0/24"]}],"lines":[
      {"name":"group","devices":["g","2001:db8::1"],"classes":["telemetry"]},
      {"name":"names","destinations":["A.example","198.51.100.0/24"]},
      {"name":"recipient","recipients":["Example Ltd"]},
      {"name":"rules","rules":["list/two","own/*"]}]})");
  BOOST_TEST(line_of(rules, 0, "10.0.0.9") == "group");
  BOOST_TEST(line_of(rules, 0, "2001:db8::1") == "group");
  BOOST_TEST(line_of(rules, 1, "10.0.0.9") == "rules");  // another class
  BOOST_TEST(line_of(rules, 0, "10.0.1.9") == "recipient");
  BOOST_TEST(line_of(rules, 0, "10.0.1.9", "x.a.EXAMPLE.") == "names");
  BOOST_TEST(line_of(rules, 0, "10.0.1.9", "xa.example") == "recipient");
  BOOST_TEST(line_of(rules, 2, "10.0.1.9", {}, address("198.51.100.1")) == "names");
  HitPlace alias{address("10.0.1.9"), 0, "www.example", {}, 0, "x.a.example"};
  PolicySet set;
  set.build(rules.policy.lines, ListedIndicators{rules.indicators}, rules.signatures);
  BOOST_TEST(set.find(0, alias)->name == "names");
  alias.alias = {};
  BOOST_TEST(set.find(0, alias)->name == "recipient");
  BOOST_TEST(line_of(rules, 2, "10.0.1.9", {}, address("198.51.101.1")) == "-");
  BOOST_TEST(line_of(rules, 4, "10.0.1.9") == "rules");
  BOOST_TEST(line_of(rules_with("{}"), 0, "10.0.0.9") == "-");
}

BOOST_AUTO_TEST_CASE(a_permit_goes_before_the_policy_and_the_policy_before_the_rule) {
  auto rules = rules_with(R"({"lines":[
      {"name":"watch","devices":["10.0.0.1"]},
      {"name":"stop","classes":["advertising","known-c2-indicator"],"action":"drop"},
      {"name":"refuse","rules":["list/one","list/four","own/5"],"action":"reject"}]})");
  rules.exceptions = parse_exception_list(
                         "action,device,rule,destination,author,reason,expires\npermit,10.0.0.7,,,me,why,never\n", "t")
                         .rows;
  BOOST_REQUIRE_EQUAL(rules.exceptions.size(), 1U);
  const Ruleset ruleset{rules};
  const auto now = tick_from_nanoseconds(1'700'000'000'000'000'000);
  const auto decided = [&](std::uint32_t row, const char* device) {
    return decide({Mode::enforce, false}, ruleset, row, {address(device), 0, {}, {}, nanoseconds_since_epoch(now)}, {},
                  now);
  };
  const auto is = [](const Decision& decision, Action action, Action asked, RejectTarget reject,
                     std::string_view line) {
    return decision.action == action && decision.asked == asked && decision.reject == reject &&
           (decision.line == nullptr ? line.empty() : decision.line->name == line);
  };
  constexpr auto pass = Action::pass;
  constexpr auto drop = Action::drop;
  constexpr auto nobody = RejectTarget::none;
  BOOST_TEST(is(decided(0, "10.0.0.1"), pass, pass, nobody, "watch"));
  BOOST_TEST(is(decided(4, "10.0.0.1"), pass, pass, nobody, "watch"));  // although the signature says drop
  BOOST_TEST(is(decided(1, "10.0.0.2"), drop, drop, nobody, "stop"));   // although its confidence is low
  BOOST_TEST(is(decided(2, "10.0.0.2"), drop, drop, nobody, "stop"));   // although it is an address alone
  BOOST_TEST(is(decided(0, "10.0.0.2"), drop, drop, RejectTarget::both, "refuse"));
  BOOST_TEST(is(decided(4, "10.0.0.2"), drop, drop, RejectTarget::both, "refuse"));
  BOOST_TEST(is(decided(3, "10.0.0.2"), pass, pass, nobody, "refuse"));  // it has expired
  BOOST_TEST(is(decided(0, "10.0.0.7"), pass, drop, nobody, ""));        // the permit decided
  rules.policy = {};
  const Ruleset plain{rules};
  BOOST_TEST(is(decide({Mode::enforce, false}, plain, 4, {address("10.0.0.2"), 0, {}, {}, 0}, {}, now), drop, drop,
                nobody, ""));
}

BOOST_AUTO_TEST_CASE(a_line_holds_at_its_hours_and_a_limit_lets_pass) {
  auto rules = rules_with(R"({"time_zone":"Europe/Berlin","lines":[
      {"name":"day","hours":["Mon-Fri 08:00-18:00"],"action":"limit","limit_kbit_per_s":64},
      {"name":"night","action":"drop"}]})");
  const auto decided = [&](std::int64_t seconds, std::uint32_t row = 0) {
    const auto now = tick_from_nanoseconds(seconds * 1'000'000'000);
    return decide({Mode::enforce, false}, Ruleset{rules}, row,
                  {address("10.0.0.1"), 0, {}, {}, nanoseconds_since_epoch(now)}, {}, now);
  };
  constexpr std::int64_t wednesday = 1'782'885'600;  // 2026-07-01, 08:00 in Berlin
  const auto by_day = decided(wednesday);
  BOOST_TEST((by_day.action == Action::pass && by_day.asked == Action::drop && by_day.limit != 0));
  BOOST_TEST(Ruleset{rules}.rate_of(by_day.limit) == 64U);
  BOOST_TEST(Ruleset{rules}.rate_of(by_day.limit + 1) == 0U);
  const auto by_night = decided(wednesday - 1);
  BOOST_TEST((by_night.action == Action::drop && by_night.limit == 0));
  BOOST_TEST(decided(wednesday, 3).limit == 0U);  // it has expired
  rules.indicators[0].facts.breaks = "notifications";
  BOOST_TEST((decided(wednesday).limit == 0 && decided(wednesday).shield == Shield::breaks));
  rules.policy.never_block.networks = {*AddressRange::parse("10.0.0.1")};
  BOOST_TEST((decided(wednesday, 1).limit == 0 && decided(wednesday, 1).shield == Shield::site));
}

BOOST_AUTO_TEST_CASE(what_breaks_something_is_blocked_by_a_line_that_says_so_alone) {
  auto rules = rules_with(R"({"lines":[
      {"name":"all-the-same","devices":["10.0.0.1"],"action":"reject","although_breaks":true},
      {"name":"stop","action":"drop"}]})");
  rules.indicators[0].facts.breaks = "notifications";
  rules.signatures[0].facts.breaks = "notifications";
  const Ruleset ruleset{rules};
  const auto decided = [&](std::uint32_t row, const char* device) {
    return decide({Mode::enforce, false}, ruleset, row, {address(device), 0, {}, {}, 0}, {}, Tick{});
  };
  const auto stopped = decided(0, "10.0.0.1");
  BOOST_TEST((stopped.action == Action::drop && stopped.line->name == "all-the-same"));
  const auto kept = decided(0, "10.0.0.2");
  BOOST_TEST((kept.action == Action::pass && kept.asked == Action::drop && kept.shield == Shield::breaks));
  BOOST_TEST(kept.line->name == "stop");
  BOOST_TEST((decided(1, "10.0.0.2").action == Action::drop));  // of a list of the site's own, which does not say
  BOOST_TEST((decided(4, "10.0.0.2").action == Action::drop));  // whoever writes a signature says what it does
}

BOOST_AUTO_TEST_CASE(what_is_never_blocked_goes_before_all) {
  constexpr std::string_view epdg = "epdg.epc.mnc001.mcc262.pub.3gppnetwork.org";
  const auto shield = [](const std::string& policy, const HitPlace& place, const HitContext& context) {
    return shield_of(rules_with(policy).policy.never_block, place, context);
  };
  const HitPlace named{address("10.0.0.2"), 0, epdg, {}, 0};
  const HitPlace elsewhere{address("10.0.0.2"), 0, "a.example", address("198.51.100.7"), 0};
  BOOST_TEST((shield("{}", named, {{}, true, false}) == Shield::calls));
  BOOST_TEST((shield("{}", named, {{}, false, false}) == Shield::none));  // a message says so, and anybody writes it
  BOOST_TEST(
      (shield("{}", elsewhere, {"SOS.EPDG.epc.mnc001.mcc262.pub.3gppnetwork.org.", false, false}) == Shield::calls));
  BOOST_TEST((shield("{}", elsewhere, {"xpub.3gppnetwork.org", true, false}) == Shield::none));
  BOOST_TEST((shield("{}", elsewhere, {{}, false, true}) == Shield::network));
  BOOST_TEST((shield(R"({"may_block":["network"]})", elsewhere, {{}, false, true}) == Shield::none));
  BOOST_TEST((shield(R"({"may_block":["network"]})", named, {{}, true, false}) == Shield::calls));
  BOOST_TEST((shield(R"({"may_block":["calls"]})", named, {{}, true, false}) == Shield::none));
  BOOST_TEST((shield(R"({"never_block":["A.example"]})", elsewhere, {{}, true, false}) == Shield::site));
  BOOST_TEST((shield(R"({"never_block":["198.51.100.0/24"]})", elsewhere, {}) == Shield::site));
  BOOST_TEST((shield(R"({"never_block":["10.0.0.2"]})", elsewhere, {}) == Shield::site));
  BOOST_TEST((shield(R"({"never_block":["10.0.0.3"]})", elsewhere, {}) == Shield::none));

  auto rules = rules_with(R"({"never_block":["a.example"],"lines":[{"name":"all","action":"drop"}]})");
  const Ruleset ruleset{rules};
  const auto decided = [&](std::uint32_t row, std::string_view destination) {
    return decide({Mode::enforce, false}, ruleset, row, {address("10.0.0.2"), 0, destination, {}, 0}, {}, Tick{});
  };
  const auto kept = decided(0, "x.a.example");
  BOOST_TEST((kept.action == Action::pass && kept.asked == Action::drop && kept.shield == Shield::site));
  BOOST_TEST((decided(0, "b.example").action == Action::drop));
  BOOST_TEST((decided(4, "x.a.example").action == Action::drop));  // a signature: the name is what a message says
}

BOOST_AUTO_TEST_CASE(a_configuration_knows_every_class) {
  for (const auto text : class_texts()) {
    const auto loaded =
        config::parse(R"({"policy":{"lines":[{"name":"a","classes":[")" + std::string{text} + R"("]}]}})", "tap.json");
    BOOST_REQUIRE_MESSAGE(loaded.has_value(), text);
    BOOST_TEST(site_policy(*loaded->policy).lines.front().classes == 1U << static_cast<unsigned>(*class_from(text)));
  }
}

BOOST_AUTO_TEST_SUITE_END()
