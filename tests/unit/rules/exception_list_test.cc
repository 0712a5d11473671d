#include "rules/policy/exception_list.hh"

#include <boost/test/unit_test.hpp>

using sluice::ExceptionAction;
using sluice::parse_exception_list;

namespace {

std::string first_error(std::string_view rows) {
  const auto list =
      parse_exception_list("action,device,group,rule,destination,author,reason,expires\n" + std::string(rows), "t");
  return list.errors.empty() ? "none" : list.errors[0].text();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(exception_list)

BOOST_AUTO_TEST_CASE(each_scope_is_read) {
  const auto list = parse_exception_list(
      "id,action,device,group,rule,destination,author,reason,created,expires\n"
      "e1,permit,192.0.2.7,,ads/*,Example.COM.,A. Nurse,\"needed, daily\",2026-01-02,2027-01-31\n"
      "e2,suppress,,192.0.2.0/24,,198.51.100.0/24,A. Nurse,known,,never\n"
      ",permit,,vlan:20,list/row,,A. Nurse,guests,,never\n",
      "t");
  BOOST_TEST(list.errors.empty());
  BOOST_REQUIRE_EQUAL(list.rows.size(), 3U);
  const auto& first = list.rows[0];
  BOOST_TEST((first.action == ExceptionAction::permit));
  BOOST_TEST(first.destination == "example.com");
  BOOST_TEST(first.reason == "needed, daily");
  BOOST_TEST(first.names_rule("ads/x"));
  BOOST_TEST(!first.names_rule("adsx/x"));
  BOOST_TEST(!first.is_expired(1801439999'000000000));  // date -u -d '2027-01-31 23:59:59' +%s
  BOOST_TEST(first.is_expired(1801440000'000000000));
  BOOST_TEST((list.rows[1].action == ExceptionAction::suppress));
  BOOST_TEST(list.rows[1].device->last.text() == "192.0.2.255");
  BOOST_TEST(list.rows[1].destination_range->first.text() == "198.51.100.0");
  BOOST_TEST(!list.rows[1].is_expired(INT64_MAX));
  BOOST_TEST(*list.rows[2].vlan == 20);
  BOOST_TEST(list.rows[2].names_rule("list/row"));
  BOOST_TEST(!list.rows[2].names_rule("list/row2"));
  BOOST_TEST(list.rows[2].id.size() == 16U);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_said_with_its_place) {
  BOOST_TEST(first_error("permit,,,,example.com,me,why,never\n") == "none");
  BOOST_TEST(first_error("both,,,,example.com,me,why,never\n").starts_with("t:2:1: action \"both\""));
  BOOST_TEST(first_error("permit,,,,,me,why,never\n").starts_with("t:2:1: an exception from everything"));
  BOOST_TEST(first_error("permit,,,,example.com,,why,never\n").starts_with("t:2:23: no author"));
  BOOST_TEST(first_error("permit,,,,example.com,me,,never\n").starts_with("t:2:26: no reason"));
  BOOST_TEST(first_error("permit,,,,example.com,me,why,\n").starts_with("t:2:30: expires \"\""));
  BOOST_TEST(first_error("permit,phone,,,,me,why,never\n").starts_with("t:2:8: device \"phone\""));
  BOOST_TEST(first_error("permit,,vlan:4095,,,me,why,never\n").starts_with("t:2:9: group \"vlan:4095\""));
  BOOST_TEST(first_error("permit,,,row,,me,why,never\n").starts_with("t:2:10: rule \"row\""));
  BOOST_TEST(first_error("permit,,,,http://x/,me,why,never\n").starts_with("t:2:11: destination \"http://x/\""));
  BOOST_TEST(first_error("permit,,,,a.example,me,why,never\npermit,,,,a.example,me,why,never\n")
                 .find("stands already in line 2") != std::string::npos);
  BOOST_TEST(!parse_exception_list("action,author,reason,expires\n", "t").errors.empty());
}

BOOST_AUTO_TEST_CASE(the_two_kinds_of_list_are_told_apart) {
  BOOST_TEST(sluice::is_exception_list("# x\nid,action,destination\n"));
  BOOST_TEST(!sluice::is_exception_list("indicator,kind\n"));
}

BOOST_AUTO_TEST_SUITE_END()
