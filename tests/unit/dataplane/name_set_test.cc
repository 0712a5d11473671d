#include "dataplane/sets/name_set.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <random>
#include <string>
#include <vector>

using namespace sluice;

namespace {

struct Row {
  std::string name;
  bool covers_below = false;
};
using Rows = std::vector<std::uint32_t>;

NameSet set_of(const std::vector<Row>& rows) {
  auto texts = std::make_shared<CopiedNames>();
  for (const auto& row : rows) texts->add(row.name);
  NameSet set;
  set.reserve(rows.size(), texts, {});
  for (std::uint32_t row = 0; row < rows.size(); ++row) set.add(rows[row].name, row, rows[row].covers_below);
  return set;
}

Rows found(const NameSet& set, std::string_view name) {
  Hits hits;
  set.match(name, hits);
  return {hits.begin(), hits.end()};
}

// The plain way, from the shortest suffix to the whole.
Rows expected(const std::vector<Row>& rows, const std::string& name) {
  Rows out;
  for (auto at = name.size(); at-- > 0;) {
    if (at != 0 && name[at - 1] != '.') continue;
    for (std::uint32_t row = 0; row < rows.size(); ++row)
      if (rows[row].name == name.substr(at) && (at == 0 || rows[row].covers_below) && out.size() < Hits::limit)
        out.push_back(row);
  }
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(name_set)

BOOST_AUTO_TEST_CASE(nothing_is_found_in_an_empty_set) {
  BOOST_TEST(found(set_of({}), "example.org").empty());
  BOOST_TEST(found(set_of({}), "").empty());
}

BOOST_AUTO_TEST_CASE(rows_of_one_name_are_all_found_in_their_order) {
  std::vector<Row> rows(12, {"example.org", true});  // more than a line of the cache holds
  rows[3].covers_below = false;
  BOOST_TEST((found(set_of(rows), "example.org") == Rows{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
  BOOST_TEST((found(set_of(rows), "www.example.org") == Rows{0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11}));
}

BOOST_AUTO_TEST_CASE(a_row_behind_the_texts_is_called_as_was_said) {
  auto texts = std::make_shared<CopiedNames>();
  texts->add("example.org");
  NameSet set;
  set.reserve(2, texts, "other.example.net");
  set.add("example.org", 0, true);
  set.add("other.example.net", 7, false);
  BOOST_TEST((found(set, "OTHER.example.net.") == Rows{7}));
  BOOST_TEST((found(set, "example.org") == Rows{0}));
}

BOOST_AUTO_TEST_CASE(names_that_no_name_can_be_are_left_out) {
  const std::string longest =
      std::string(63, 'a') + '.' + std::string(63, 'b') + '.' + std::string(63, 'c') + '.' + std::string(61, 'd');
  BOOST_REQUIRE(longest.size() == NameSet::name_limit);
  const auto set = set_of({{longest, false}, {longest + "d", false}, {"", true}});
  BOOST_TEST((found(set, longest) == Rows{0}));
  BOOST_TEST(found(set, longest + "d").empty());
  BOOST_TEST(found(set, "").empty());
  BOOST_TEST(found(set, std::string(253, '.')).empty());
}

BOOST_AUTO_TEST_CASE(case_counts_for_letters_of_ascii_alone) {
  const std::string others = "@[`{-_09\xc1\xda\xe1\xfa";  // beside 'A', 'Z', 'a' and 'z', and 128 above them
  const auto set = set_of({{"abcxyz." + others + ".example", true}});
  BOOST_TEST((found(set, "ABCXYZ." + others + ".eXAMPLe.") == Rows{0}));
  BOOST_TEST((found(set, "A.ABCXYZ." + others + ".example") == Rows{0}));
  for (const auto at : {0, 1, 2, 3, 4, 5, 8, 9, 10, 11}) {
    auto changed = others;
    changed[static_cast<std::size_t>(at)] = static_cast<char>(changed[static_cast<std::size_t>(at)] ^ 0x20);
    BOOST_TEST(found(set, "abcxyz." + changed + ".example").empty(), at);
  }
}

BOOST_AUTO_TEST_CASE(labels_of_every_length_are_told_apart) {
  std::vector<Row> rows;
  for (std::size_t length = 1; length <= 63; ++length) rows.push_back({std::string(length, 'a') + ".example", true});
  const auto set = set_of(rows);
  for (std::uint32_t row = 0; row < rows.size(); ++row) {
    BOOST_TEST((found(set, rows[row].name) == Rows{row}));
    BOOST_TEST((found(set, "b." + rows[row].name) == Rows{row}));
    BOOST_TEST(found(set, "b" + rows[row].name).empty());
  }
}

// Few letters, so that names repeat, lie below each other and fill lines of the cache to the brim.
BOOST_AUTO_TEST_CASE(whatever_is_listed_is_found_as_the_plain_way_finds_it) {
  std::mt19937 random{4};
  const auto label = [&] { return std::string(1 + random() % 2, static_cast<char>('a' + random() % 5)); };
  const auto name = [&] {
    auto text = label();
    for (auto labels = random() % 4; labels > 0; --labels) text += '.' + label();
    return text;
  };
  for (int round = 0; round < 50; ++round) {
    std::vector<Row> rows;
    for (auto count = random() % 200; count > 0; --count) rows.push_back({name(), random() % 2 == 0});
    const auto set = set_of(rows);
    for (int look = 0; look < 200; ++look) {
      const auto asked = name();
      BOOST_REQUIRE_MESSAGE(found(set, asked) == expected(rows, asked), asked);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
