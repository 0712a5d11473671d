#include "rules/lint/lint_warning.hh"

#include <boost/test/unit_test.hpp>

#include "rules/indicators/indicator_list.hh"

using namespace sluice;

namespace {

constexpr auto today = std::chrono::sys_days{std::chrono::year{2026} / 11 / 21};

// "CONCERN TEXT" of the warnings about these rows.
std::vector<std::string> warned(const std::string& rows, const LintReference& reference = {}) {
  const auto list = parse_indicator_list("id,kind,indicator,last_verified\n" + rows, "l");
  for (const auto& error : list.errors) BOOST_ERROR(error.text());
  std::vector<std::string> out;
  for (const auto& warning : lint_warnings(list.rows, reference, today)) {
    BOOST_TEST(warning.list == "l");
    out.push_back(std::to_string(static_cast<int>(warning.concern)) + " " + warning.text.substr(0, 3));
  }
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(rules_lint_warning)

// co.uk and *.ck with its exception www.ck are entries of the list (publicsuffix.org/list, section ICANN DOMAINS),
// duckdns.org and github.io of its section PRIVATE DOMAINS.
BOOST_AUTO_TEST_CASE(suffixes_and_parents_are_told_from_names_below_them) {
  const Texts expected{"1 l/a", "1 l/b", "2 l/d", "2 l/e"};
  const auto found = warned(
      "a,domain,co.uk,\nb,domain,other.ck,\nc,domain,www.ck,\nd,domain,duckdns.org,\ne,host,github.io,\n"
      "f,domain,example.co.uk,\ng,domain,mine.duckdns.org,\nh,domain,example.unknownsuffix,\n");
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(addresses_of_the_operators_ranges) {
  LintReference reference;
  BOOST_TEST(
      add_shared_hosting("# hosting\n192.0.2.0/24\n\n198.51.100.7\n192.0.2.0/30\n2001:db8::/32\n", "f", reference)
          .empty());
  const Texts expected{"0 l/a", "0 l/b", "0 l/d"};
  const auto found = warned(
      "a,ip,192.0.2.200,\nb,cidr,192.0.2.128/25,\nc,ip,192.0.3.1,\nd,ip,2001:db8::1,\ne,ip,198.51.100.8,\n", reference);
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(popular_names_and_what_holds_one) {
  LintReference reference;
  BOOST_TEST(add_popular("1,www.popular.example\n2,Bücher.example\nalone.example\n", "f", reference).empty());
  const Texts expected{"3 l/a", "3 l/b", "3 l/d"};
  const auto found = warned(
      "a,domain,popular.example,\nb,host,www.popular.example,\nc,host,popular.example2,\nd,domain,xn--bcher-kva."
      "example,\n"
      "e,domain,below.alone.example,\nf,host,popular.example,\n",
      reference);
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

// 2025-05-22 is 548 days before 2026-11-21 (date -d '2026-11-21 - 548 days').
BOOST_AUTO_TEST_CASE(rows_that_nobody_has_seen_for_long) {
  const Texts expected{"4 l/b"};
  const auto found = warned("a,domain,a.example,2025-05-22\nb,domain,b.example,2025-05-21\nc,domain,c.example,\n");
  BOOST_TEST(found == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_the_operators_lists_is_told) {
  LintReference reference;
  const auto ranges = add_shared_hosting("192.0.2.0/24\n192.0.2.1/24\nexample.org\n", "hosts.txt", reference);
  BOOST_REQUIRE(ranges.size() == 2U);
  BOOST_TEST(ranges[0].text().starts_with("hosts.txt:2:1: "));
  BOOST_TEST(ranges[1].line == 3U);
  const auto names = add_popular("1,a..b\n", "popular.csv", reference);
  BOOST_REQUIRE(names.size() == 1U);
  BOOST_TEST(names[0].text().starts_with("popular.csv:1:1: "));
}

BOOST_AUTO_TEST_SUITE_END()
