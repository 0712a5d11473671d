#include "dataplane/sets/permit_set.hh"

#include <boost/test/unit_test.hpp>

#include "rules/facts/rule_list.hh"
#include "rules/indicators/indicator_list.hh"
#include "rules/policy/exception_list.hh"

BOOST_AUTO_TEST_SUITE(permit_set)

BOOST_AUTO_TEST_CASE(a_permit_holds_for_its_rule_place_and_time) {
  sluice::RuleList rules;
  rules.indicators =
      sluice::parse_indicator_list("id,kind,indicator\none,host,a.example\ntwo,host,b.example\n", "t").rows;
  rules.exceptions = sluice::parse_exception_list(
                         "action,device,group,rule,destination,author,reason,expires\n"
                         "permit,192.0.2.7,,t/two,,me,why,2030-01-01\n"
                         "permit,,,,Good.example,me,why,never\n"
                         "permit,,vlan:9,,198.51.100.0/24,me,why,never\n"
                         "suppress,,,t/one,,me,why,never\n",
                         "t")
                         .rows;
  BOOST_REQUIRE_EQUAL(rules.exceptions.size(), 4U);
  sluice::PermitSet permits;
  permits.build(rules.exceptions, sluice::ListedIndicators{rules.indicators}, rules.signatures);
  const auto address = [](const char* text) { return *sluice::Address::parse(text); };
  sluice::HitPlace place{address("192.0.2.7"), 0, "b.example", {}, 0};
  BOOST_TEST(permits.permits(1, place));
  BOOST_TEST(!permits.permits(0, place));  // what is suppressed is not permitted
  place.now_ns = 1893542400'000000000;     // date -u -d 2030-01-02 +%s
  BOOST_TEST(!permits.permits(1, place));
  place = {address("192.0.2.8"), 0, "b.example", {}, 0};
  BOOST_TEST(!permits.permits(1, place));
  place.destination = "x.GOOD.example.";
  BOOST_TEST(permits.permits(0, place));
  place.destination = "notgood.example";
  BOOST_TEST(!permits.permits(0, place));
  place.remote = address("198.51.100.3");
  BOOST_TEST(!permits.permits(0, place));
  place.vlan = 9;
  BOOST_TEST(permits.permits(0, place));
}

BOOST_AUTO_TEST_SUITE_END()
