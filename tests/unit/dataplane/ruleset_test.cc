#include "dataplane/sets/ruleset.hh"

#include <boost/test/unit_test.hpp>
#include <random>
#include <vector>

#include "dataplane/verdict/verdict.hh"

using namespace sluice;

namespace {

Indicator named(RuleKind kind, std::string name) {
  Indicator row;
  row.facts.kind = kind;
  row.name = std::move(name);
  row.facts.confidence = Confidence::high;
  return row;
}

Indicator ranged(const char* text) {
  Indicator row;
  row.facts.kind = RuleKind::cidr;
  row.range = *AddressRange::parse(text);
  return row;
}

std::vector<std::uint32_t> names(const Ruleset& rules, std::string_view name) {
  Hits hits;
  rules.match_name(name, hits);
  return {hits.begin(), hits.end()};
}

std::vector<std::uint32_t> addresses(const Ruleset& rules, const char* address) {
  Hits hits;
  rules.match_address(*Address::parse(address), hits);
  return {hits.begin(), hits.end()};
}

using Rows = std::vector<std::uint32_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(ruleset)

BOOST_AUTO_TEST_CASE(a_domain_covers_all_below_it_and_a_host_only_itself) {
  const Ruleset rules{RuleList{{named(RuleKind::domain, "example.org"), named(RuleKind::host, "www.example.net"),
                                named(RuleKind::domain, "deep.example.org"), named(RuleKind::host, "example.org")},
                               {}}};
  BOOST_TEST((names(rules, "example.org") == Rows{0, 3}));
  BOOST_TEST((names(rules, "a.b.example.org") == Rows{0}));
  BOOST_TEST((names(rules, "x.deep.example.org") == Rows{0, 2}));
  BOOST_TEST((names(rules, "www.example.net") == Rows{1}));
  BOOST_TEST(names(rules, "a.www.example.net").empty());
  BOOST_TEST(names(rules, "notexample.org").empty());  // a suffix of the text, not of the labels
  BOOST_TEST(names(rules, "org").empty());
  BOOST_TEST(names(rules, "").empty());
  BOOST_TEST(names(rules, ".").empty());
}

BOOST_AUTO_TEST_CASE(case_and_trailing_dot_do_not_matter) {
  const Ruleset rules{RuleList{{named(RuleKind::domain, "example.org")}, {}}};
  BOOST_TEST((names(rules, "WWW.Example.ORG.") == Rows{0}));
  BOOST_TEST(names(rules, "example.org..").empty());
  BOOST_TEST(names(rules, std::string(300, 'a') + ".example.org").empty());
}

BOOST_AUTO_TEST_CASE(nested_ranges_give_all_rows_that_contain_the_address) {
  const Ruleset rules{RuleList{{ranged("10.0.0.0/8"), ranged("10.1.0.0/16"), ranged("10.1.2.3"),
                                ranged("2001:db8::/32"), ranged("255.255.255.255"), ranged("0.0.0.0/32")},
                               {}}};
  BOOST_TEST((addresses(rules, "10.200.0.1") == Rows{0}));
  BOOST_TEST((addresses(rules, "10.1.0.1") == Rows{0, 1}));
  BOOST_TEST((addresses(rules, "10.1.2.3") == Rows{0, 1, 2}));
  BOOST_TEST((addresses(rules, "10.1.2.4") == Rows{0, 1}));
  BOOST_TEST(addresses(rules, "11.0.0.0").empty());
  BOOST_TEST((addresses(rules, "2001:db8:ffff::1") == Rows{3}));
  BOOST_TEST((addresses(rules, "255.255.255.255") == Rows{4}));
  BOOST_TEST((addresses(rules, "0.0.0.0") == Rows{5}));
  BOOST_TEST(addresses(rules, "::").empty());
}

// Against the plain definition, over random ranges.
BOOST_AUTO_TEST_CASE(interval_search_agrees_with_testing_every_range) {
  std::mt19937 random{11};
  IndicatorList list;
  for (int i = 0; i < 12; ++i) {
    Address first = *Address::parse("10.0.0.0");
    Address last = first;
    const auto a = static_cast<std::uint8_t>(random() % 200);
    first.bytes[15] = a;
    last.bytes[15] = static_cast<std::uint8_t>(a + random() % 56);
    Indicator row;
    row.facts.kind = RuleKind::cidr;
    row.range = {first, last};
    list.push_back(row);
  }
  const Ruleset rules{RuleList{list, {}}};
  for (unsigned i = 0; i < 256; ++i) {
    Address address = *Address::parse("10.0.0.0");
    address.bytes[15] = static_cast<std::uint8_t>(i);
    Rows expected;
    for (std::uint32_t row = 0; row < list.size(); ++row)
      if (list[row].range.contains(address)) expected.push_back(row);
    Hits hits;
    rules.match_address(address, hits);
    BOOST_TEST((Rows{hits.begin(), hits.end()} == expected), "address " << i);
  }
}

BOOST_AUTO_TEST_CASE(many_names_are_all_found) {
  IndicatorList list;
  for (int i = 0; i < 20'000; ++i) list.push_back(named(RuleKind::domain, "n" + std::to_string(i) + ".example"));
  const Ruleset rules{RuleList{list, {}}};
  for (std::uint32_t i = 0; i < list.size(); ++i) BOOST_REQUIRE((names(rules, "x." + list[i].name) == Rows{i}));
  BOOST_TEST(names(rules, "n20000.example").empty());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(verdict)

BOOST_AUTO_TEST_CASE(names_block_unless_the_evidence_is_weak) {
  const auto now = Tick{std::chrono::hours{24 * 365}};
  const Policy policy{Mode::enforce, false};
  const auto action = [&](Confidence confidence, std::int64_t expires_ns) {
    Rule rule;
    rule.kind = RuleKind::domain;
    rule.confidence = confidence;
    rule.breaks = Breaks::nothing;
    rule.expire_at(expires_ns);
    return enforced_action(policy, rule, now);
  };
  BOOST_TEST((action(Confidence::high, 0) == Action::drop));
  BOOST_TEST((action(Confidence::medium, 0) == Action::drop));
  BOOST_TEST((action(Confidence::defined, 0) == Action::drop));
  BOOST_TEST((action(Confidence::low, 0) == Action::pass));
  BOOST_TEST((action(Confidence::high, nanoseconds_since_epoch(now)) == Action::pass));  // expired this moment
  constexpr std::int64_t day = 86'400'000'000'000;
  BOOST_TEST((action(Confidence::high, nanoseconds_since_epoch(now) + day) == Action::drop));
}

BOOST_AUTO_TEST_CASE(addresses_block_only_where_the_operator_says_so) {
  Rule rule;
  rule.kind = RuleKind::ip;
  rule.confidence = Confidence::high;
  rule.breaks = Breaks::nothing;
  BOOST_TEST((enforced_action({Mode::enforce, false}, rule, Tick{}) == Action::pass));
  BOOST_TEST((enforced_action({Mode::enforce, true}, rule, Tick{}) == Action::drop));
}

BOOST_AUTO_TEST_CASE(what_breaks_something_or_may_is_watched_and_so_are_attackers) {
  for (const auto kind : {RuleKind::domain, RuleKind::ip, RuleKind::url, RuleKind::ja4, RuleKind::cert_sha1}) {
    Rule rule;
    rule.kind = kind;
    rule.confidence = Confidence::high;
    rule.finding_class = FindingClass::telemetry;
    const auto action = [&] { return enforced_action({Mode::enforce, true}, rule, Tick{}); };
    BOOST_TEST((action() == Action::pass));  // nobody says
    rule.confidence = Confidence::defined;
    BOOST_TEST((action() == Action::drop));
    rule.breaks = Breaks::something;
    BOOST_TEST((action() == Action::pass));
    rule.confidence = Confidence::high;
    rule.breaks = Breaks::something;
    BOOST_TEST((action() == Action::pass));
    rule.breaks = Breaks::nothing;
    BOOST_TEST((action() == Action::drop));
    for (const auto watched :
         {FindingClass::spyware_indicator, FindingClass::stalkerware_indicator, FindingClass::known_c2_indicator}) {
      rule.finding_class = watched;
      BOOST_TEST((action() == Action::pass));
    }
  }
}

BOOST_AUTO_TEST_CASE(whose_row_it_is_counts_where_it_does_not_say_what_breaks) {
  auto silent = named(RuleKind::domain, "a.example");
  auto harmless = named(RuleKind::domain, "b.example");
  harmless.facts.breaks = "nothing that a user sees is known to stop";
  auto harmful = named(RuleKind::domain, "c.example");
  harmful.facts.breaks = "nothingness";
  RuleList list{{silent, harmless, harmful, silent, harmless, harmful}, {}};
  list.packed = 3;
  const Ruleset rules{list};
  const auto breaks = [&](std::uint32_t row) { return rules.rule(row).breaks; };
  BOOST_TEST((breaks(0) == Breaks::nothing));  // of a list of the site's own
  BOOST_TEST((breaks(1) == Breaks::nothing));
  BOOST_TEST((breaks(2) == Breaks::something));
  BOOST_TEST((breaks(3) == Breaks::unknown));
  BOOST_TEST((breaks(4) == Breaks::nothing));
  BOOST_TEST((breaks(5) == Breaks::something));
}

BOOST_AUTO_TEST_CASE(a_class_among_the_hits) {
  const auto now = tick_from_nanoseconds(86'400'000'000'000);  // the end of the first day
  auto resolver = named(RuleKind::domain, "resolver.example");
  resolver.facts.finding_class = FindingClass::dns_bypass;
  auto expired = named(RuleKind::domain, "old.example");
  expired.facts.finding_class = FindingClass::dns_bypass;
  expired.facts.expires_ns = nanoseconds_since_epoch(now);
  const Ruleset rules{{{resolver, expired}, {}}};
  const auto is = [&](std::string_view name, FindingClass finding_class) {
    Hits hits;
    rules.match_name(name, hits);
    return rules.any_of(hits, finding_class, now);
  };
  BOOST_TEST(is("dns.resolver.example", FindingClass::dns_bypass));
  BOOST_TEST(!is("dns.resolver.example", FindingClass::anonymiser));
  BOOST_TEST(!is("old.example", FindingClass::dns_bypass));
  BOOST_TEST(!is("other.example", FindingClass::dns_bypass));
}

BOOST_AUTO_TEST_SUITE_END()
