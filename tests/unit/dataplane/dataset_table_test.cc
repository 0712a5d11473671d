#include "dataplane/signatures/dataset_table.hh"

#include <boost/test/unit_test.hpp>

using namespace sluice;
using Command = DatasetCheck::Command;
using Outcome = DatasetChanges::Outcome;

namespace {

DatasetCheck check(Command command, DatasetType type = DatasetType::text, std::vector<DatasetValue> values = {}) {
  DatasetCheck out;
  out.command = command;
  out.name = "names";
  out.type = type;
  if (!values.empty()) out.values = std::make_shared<const DatasetValues>(dataset_values(std::move(values)));
  return out;
}

bool holds(DatasetChanges& changes, const DatasetCheck& check, std::string_view text) {
  return changes.apply(check, 0, as_bytes(text)) == Outcome::holds;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dataset_table)

BOOST_AUTO_TEST_CASE(values_of_a_file) {
  DatasetTable table;
  const auto isset = check(Command::isset, DatasetType::text, {{"b.example", 0}, {"a.example", 0}});
  const auto isnotset = check(Command::isnotset);
  BOOST_TEST((table.add(isset) == 0U && table.add(isnotset) == 0U));
  BOOST_TEST((table.check().has_value() && !table.changes()));
  DatasetChanges changes{table};
  BOOST_TEST((holds(changes, isset, "a.example") && holds(changes, isset, "b.example")));
  BOOST_TEST((!holds(changes, isset, "c.example") && !holds(changes, isset, "a.exampl")));
  BOOST_TEST((!holds(changes, isnotset, "a.example") && holds(changes, isnotset, "c.example")));
  BOOST_TEST((!holds(changes, isset, "") && !holds(changes, isnotset, "")));  // nothing is no value
}

// set and unset hold where they change something, as in Suricata.
BOOST_AUTO_TEST_CASE(values_that_come_and_go) {
  DatasetTable table;
  const auto isset = check(Command::isset, DatasetType::text, {{"listed", 0}});
  const auto set = check(Command::set);
  const auto unset = check(Command::unset);
  for (const auto& one : {isset, set, unset}) BOOST_TEST((table.add(one) == 0U));
  DatasetChanges changes{table};
  BOOST_TEST((holds(changes, set, "new") && !holds(changes, set, "new") && holds(changes, isset, "new")));
  BOOST_TEST((holds(changes, unset, "new") && !holds(changes, unset, "new") && !holds(changes, isset, "new")));
  BOOST_TEST((!holds(changes, set, "listed") && holds(changes, unset, "listed") && !holds(changes, isset, "listed")));
  BOOST_TEST((holds(changes, set, "listed") && holds(changes, isset, "listed")));
  DatasetChanges other{table};
  BOOST_TEST(!holds(other, isset, "new"));
}

BOOST_AUTO_TEST_CASE(room_is_bounded) {
  DatasetTable table;
  const auto set = check(Command::set);
  BOOST_TEST((table.add(set) == 0U));
  DatasetChanges changes{table};
  for (std::size_t i = 0; i < dataset_changes_limit; ++i)
    if (!holds(changes, set, std::to_string(i))) BOOST_FAIL("no room for " << i);
  BOOST_TEST((changes.apply(set, 0, as_bytes("one more")) == Outcome::full));
  BOOST_TEST(!holds(changes, set, "17"));
}

BOOST_AUTO_TEST_CASE(types) {
  const auto of = [](DatasetType type, const std::string& listed, std::string_view asked) {
    DatasetTable table;
    const auto isset = check(Command::isset, type, {{listed, 0}});
    BOOST_TEST((table.add(isset) == 0U));
    DatasetChanges changes{table};
    return holds(changes, isset, asked);
  };
  const std::string mapped{"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\1", 16};
  const std::string_view v4{"\xc0\0\2\1", 4};
  BOOST_TEST((of(DatasetType::ip, mapped, v4) && of(DatasetType::ip, mapped, mapped)));
  BOOST_TEST((of(DatasetType::ipv4, mapped, v4) && !of(DatasetType::ipv4, mapped, mapped)));
  BOOST_TEST((!of(DatasetType::ipv6, mapped, v4) && of(DatasetType::ipv6, mapped, mapped)));
  BOOST_TEST((of(DatasetType::md5, std::string(16, 'x'), "xxxxxxxxxxxxxxxx") && !of(DatasetType::md5, "x", "x")));
}

BOOST_AUTO_TEST_CASE(names_below) {
  DatasetTable table;
  auto isset = check(Command::isset, DatasetType::text, {{".evil.com", 0}, {"bad.example", 0}});
  isset.subdomains = true;
  BOOST_TEST((table.add(isset) == 0U));
  DatasetChanges changes{table};
  BOOST_TEST((holds(changes, isset, ".www.evil.com") && holds(changes, isset, ".evil.com")));
  BOOST_TEST((holds(changes, isset, "a.b.bad.example") && holds(changes, isset, "bad.example")));
  BOOST_TEST((!holds(changes, isset, ".notevil.com") && !holds(changes, isset, "example")));
  BOOST_TEST(!holds(changes, isset, std::string(4000, '.')));
}

BOOST_AUTO_TEST_CASE(reputations) {
  DatasetTable table;
  auto rep = check(Command::reputation, DatasetType::text, {{"a", 200}, {"b", 10}});
  rep.reputation = 100;
  rep.comparison = DatasetCheck::Comparison::greater;
  BOOST_TEST((table.add(rep) == 0U));
  DatasetChanges changes{table};
  BOOST_TEST((holds(changes, rep, "a") && !holds(changes, rep, "b") && !holds(changes, rep, "c")));
  rep.comparison = DatasetCheck::Comparison::less;
  BOOST_TEST((!holds(changes, rep, "a") && holds(changes, rep, "b")));
  rep.comparison = DatasetCheck::Comparison::equal;
  rep.reputation = 10;
  BOOST_TEST(holds(changes, rep, "b"));
}

BOOST_AUTO_TEST_CASE(rules_agree_on_a_set) {
  DatasetTable table;
  BOOST_TEST((table.add(check(Command::isset, DatasetType::unknown)) == 0U));
  BOOST_TEST(table.check().error() == "dataset names has no type: write one in the first rule that names it");
  BOOST_TEST((table.add(check(Command::isset, DatasetType::md5)) == 0U && table.check().has_value()));
  BOOST_TEST(table.add(check(Command::isset, DatasetType::ip)).error() ==
             "dataset names has another type in another rule: give it another name");
}

BOOST_AUTO_TEST_CASE(joined_values_come_back) {
  const auto values = dataset_values({{"b", 3}, {std::string("a\0", 2), 65'535}, {"b", 4}});
  BOOST_TEST((values.size() == 2U && values[1].reputation == 4));
  const auto joined = joined_values(values);
  BOOST_TEST((split_values(joined) == values));
  BOOST_TEST(!split_values(joined.substr(0, joined.size() - 1)));
  BOOST_TEST(!split_values(joined + joined));  // no order
  BOOST_TEST((split_values("") == DatasetValues{}));
}

BOOST_AUTO_TEST_SUITE_END()
