#include "dataplane/exchange/hold_file.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/rule_desk_run.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

std::string error_of(std::string_view text) {
  const auto rules = decode_hold_file(as_bytes(text));
  return rules ? std::string{} : rules.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hold_file)

BOOST_AUTO_TEST_CASE(a_line_is_a_rule_or_all_of_a_pack) {
  const auto rules = decode_hold_file(as_bytes("vendors/a-1\nlocal/*\nvendors/a-1\n"));
  BOOST_REQUIRE(rules.has_value());
  BOOST_TEST((rules->rules() == std::vector<std::string>{"local/*", "vendors/a-1"}));
  BOOST_TEST(rules->means("vendors/a-1"));
  BOOST_TEST(!rules->means("vendors/a-11"));
  BOOST_TEST(rules->means("local/anything"));
  BOOST_TEST(!rules->means("locals/anything"));
  BOOST_TEST(rules->may_mean_some_of("vendors"));
  BOOST_TEST(!rules->may_mean_some_of("vendor"));
  BOOST_TEST(encode_hold_file(*rules) == "local/*\nvendors/a-1\n");
  BOOST_TEST(decode_hold_file({})->empty());
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused_with_its_line) {
  for (const auto* const line : {"", "a", "/a", "a/", "*/*", "a/b/c", "a/ b", "a/b*", "a/\xff", "a/b\r"})
    BOOST_TEST(error_of("p/1\n" + std::string{line} + "\n").starts_with("line 2 of the list of held rules is no id"),
               line);
  BOOST_TEST(error_of("p/1\np/2") == "line 2 of the list of held rules has no end");
  BOOST_TEST(!error_of("p/" + std::string(129, 'a') + "\n").empty());
  std::string many;
  for (std::size_t i = 0; i < held_rules_limit; ++i) many += "p/" + std::to_string(i) + "\n";
  BOOST_TEST(error_of(many).empty());
  BOOST_TEST(error_of(many + "p/x\n") == "more than 4096 rules are to be held");
  BOOST_TEST(error_of(std::string(hold_file_size_limit + 1, 'a')) == "the list of held rules is too large");
}

BOOST_AUTO_TEST_CASE(rules_are_held_in_what_is_live_and_in_what_comes_after_it) {
  Desk tap;
  tap.start();
  BOOST_TEST(tap.push({tap.pack("alpha", 1), tap.pack("beta", 1)}) == "2");
  const auto holds = [&](std::uint32_t row) { return tap.generations->live().ruleset.is_held(row); };
  BOOST_TEST(!holds(0));
  BOOST_TEST(tap.desk->hold(RuleIds{{"alpha/alpha.example", "gamma/*"}}, tap.now).has_value());
  BOOST_TEST(tap.outcome() == "2");  // the same generation
  BOOST_TEST(tap.desk->held_rules() == 1U);
  BOOST_TEST(holds(0));
  BOOST_TEST(!holds(1));
  BOOST_TEST(tap.push({tap.pack("alpha", 2), tap.pack("beta", 1), tap.pack("gamma", 1)}) == "3");
  BOOST_TEST(holds(0));
  BOOST_TEST(!holds(1));
  BOOST_TEST(holds(2));
  BOOST_TEST(!holds(3));  // no rule of anybody's
  BOOST_TEST(tap.desk->hold({}, tap.now).has_value());
  BOOST_TEST(tap.outcome() == "3");
  BOOST_TEST(!holds(0));
  BOOST_TEST(!holds(2));
}

BOOST_AUTO_TEST_SUITE_END()
