#include "rules/pack/ruleset_order.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

using namespace sluice;

BOOST_AUTO_TEST_SUITE(ruleset_order)

BOOST_AUTO_TEST_CASE(lists_of_the_site_come_first_as_they_are_and_packs_by_name) {
  std::vector<RulesetPlace> places{{false, "b"}, {true, "z"}, {false, "B"}, {true, "a"}, {false, "a"}};
  std::stable_sort(places.begin(), places.end(), stands_before);
  std::string order;
  for (const auto& place : places) order += std::string{place.is_site ? "site:" : ""} + std::string{place.name} + " ";
  BOOST_TEST(order == "site:z site:a B a b ");
}

BOOST_AUTO_TEST_CASE(the_digest_is_that_of_its_lines_whatever_the_order) {
  // printf 'alpha 0a\nbeta ff\n' | sha256sum
  constexpr auto expected = "5f3f401d52e6c7f43ad46139c590f55a372cb8adba4aebe4074917a1d3d9422e";
  BOOST_TEST(ruleset_digest(std::vector<NamedDigest>{{"alpha", "0a"}, {"beta", "ff"}}) == expected);
  BOOST_TEST(ruleset_digest(std::vector<NamedDigest>{{"beta", "ff"}, {"alpha", "0a"}}) == expected);
  BOOST_TEST(ruleset_digest(std::vector<NamedDigest>{{"beta", "0a"}, {"alpha", "ff"}}) != expected);
}

BOOST_AUTO_TEST_SUITE_END()
