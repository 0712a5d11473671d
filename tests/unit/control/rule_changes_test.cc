#include "control/rollout/rule_changes.hh"

#include <boost/test/unit_test.hpp>

#include "tests/unit/signed_packs.hh"

using namespace sluice;
using namespace sluice::test;

namespace {

std::vector<std::string> changes(const std::vector<Pack>& before, const std::vector<Pack>& after) {
  std::vector<std::vector<std::uint8_t>> files;
  files.reserve(before.size() + after.size());
  std::vector<PackBytes> old;
  std::vector<PackBytes> fresh;
  for (const auto& pack : before) old.emplace_back(files.emplace_back(write_pack(pack)));
  for (const auto& pack : after) fresh.emplace_back(files.emplace_back(write_pack(pack)));
  return new_rules(old, fresh).rules();
}

using Ids = std::vector<std::string>;

}  // namespace

BOOST_AUTO_TEST_SUITE(rule_changes)

BOOST_AUTO_TEST_CASE(what_a_pack_of_that_name_did_not_have_is_new) {
  const auto first = pack_of("phones", 1, {"a.example", "b.example"});
  BOOST_TEST(
      (changes({first}, {pack_of("phones", 2, {"b.example", "c.example", "a.example"})}) == Ids{"phones/c.example"}));
  BOOST_TEST((changes({first}, {first}).empty()));
  BOOST_TEST((changes({first}, {pack_of("phones", 2, {"a.example"})}).empty()));
  BOOST_TEST((changes({first}, {first, pack_of("cars", 1, {"a.example"})}) == Ids{"cars/*"}));
  BOOST_TEST((changes({}, {first}) == Ids{"phones/*"}));
}

BOOST_AUTO_TEST_CASE(rows_may_stand_elsewhere) {
  const auto first = pack_of("phones", 1, {"a.example", "b.example", "c.example", "d.example"});
  const auto changed = [&](const std::vector<std::string>& names) {
    return changes({first}, {pack_of("phones", 2, names)});
  };
  BOOST_TEST((changed({"a.example", "x.example", "b.example", "c.example", "d.example"}) == Ids{"phones/x.example"}));
  BOOST_TEST((changed({"x.example", "a.example", "b.example", "c.example", "d.example", "y.example"}) ==
              Ids{"phones/x.example", "phones/y.example"}));
  BOOST_TEST((changed({"a.example", "x.example", "c.example", "d.example"}) == Ids{"phones/x.example"}));
  BOOST_TEST(changed({"d.example", "b.example", "c.example", "a.example"}).empty());
  BOOST_TEST(changed({"a.example", "d.example"}).empty());
  BOOST_TEST(changed({"b.example", "c.example"}).empty());
}

BOOST_AUTO_TEST_CASE(a_row_that_matches_something_else_is_new_and_one_with_another_source_is_not) {
  auto pack = pack_of("phones", 2, {"a.example", "b.example"});
  pack.rules.indicators[0].name = pack.rules.indicators[0].facts.subject = "other.example";
  pack.rules.indicators[1].facts.source = "another";
  pack.rules.indicators[1].facts.last_verified = "2026-01-01";
  BOOST_TEST((changes({pack_of("phones", 1, {"a.example", "b.example"})}, {pack}) == Ids{"phones/a.example"}));
  pack.rules.indicators[1].facts.confidence = Confidence::low;
  BOOST_TEST((changes({pack_of("phones", 1, {"other.example", "b.example"})}, {pack}) == Ids{"phones/b.example"}));
}

BOOST_AUTO_TEST_CASE(what_is_no_pack_has_no_rules) {
  const std::vector<std::uint8_t> garbage(64, 0xff);
  BOOST_TEST(new_rules({PackBytes{garbage}}, {PackBytes{garbage}}).empty());
  BOOST_TEST(new_rules({}, {PackBytes{garbage}}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
