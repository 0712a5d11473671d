#include "control/text/table.hh"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <sstream>
#include <string>

#include "control/text/safe_text.hh"

using namespace sluice;

namespace {

std::string printed(const Table& table, std::size_t width) {
  std::ostringstream out;
  table.print(out, width);
  return out.str();
}

std::size_t widest(const std::string& text) {
  std::istringstream lines{text};
  std::size_t width = 0;
  for (std::string line; std::getline(lines, line);) width = std::max(width, columns(line));
  return width;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(control_table)

BOOST_AUTO_TEST_CASE(what_fits_stands_on_one_line) {
  Table table{{{"Name", 4}, {"Count", 5, true}}};
  table.add({"a.example", "7"});
  table.add({"b", "1,234"});
  BOOST_TEST(printed(table, 80) ==
             "Name       Count\n"
             "---------  -----\n"
             "a.example      7\n"
             "b          1,234\n");
}

BOOST_AUTO_TEST_CASE(long_cells_wrap_at_words_and_labels) {
  Table table{{{"Name", 8}, {"Words", 8}}};
  table.add({"data.mistat.example.com", "one two three"});
  BOOST_TEST(printed(table, 24) ==
             "Name         Words\n"
             "-----------  -----------\n"
             "data.        one two\n"
             "mistat.      three\n"
             "example.com\n");
}

BOOST_AUTO_TEST_CASE(no_line_is_wider_than_asked) {
  Table table{{{"First", 8}, {"Second", 8}, {"Third", 8}}};
  table.add(
      {std::string(500, 'x'), "\u5c0f\u7c73\u5c0f\u7c73\u5c0f\u7c73\u5c0f\u7c73\u5c0f\u7c73", "a b c d e f g h i j k"});
  for (const std::size_t width : {30U, 40U, 79U, 100U}) BOOST_TEST(widest(printed(table, width)) <= width);
}

BOOST_AUTO_TEST_CASE(below_the_least_width_it_stays_readable) {
  Table table{{{"First", 8}, {"Second", 8}}};
  table.add({"abcdefghijkl", "mnopqrstuvwx"});
  BOOST_TEST(widest(printed(table, 3)) == 18U);
}

BOOST_AUTO_TEST_CASE(an_endless_cell_is_cut) {
  Table table{{{"Name", 8}}};
  table.add({std::string(100'000, 'x')});
  const auto text = printed(table, 80);
  BOOST_TEST(text.size() < 1'000U);
  BOOST_TEST(text.ends_with("...\n"));
}

BOOST_AUTO_TEST_CASE(cells_cannot_steer_the_terminal) {
  Table table{{{"Name", 8}}};
  table.add({"\x1b[31mred\nnext\xff"});
  BOOST_TEST(printed(table, 80).find("\\x1b[31mred\\x0anext\\xff\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_column_may_have_a_limit_of_lines) {
  Table table{{{"Name", 8}, {"Words", 8, false, 2}}};
  table.add({"a", "one two three four five six"});
  table.add({"b", "one two"});
  BOOST_TEST(printed(table, 13) ==
             "Name  Words\n"
             "----  --------\n"
             "a     one two\n"
             "      three...\n"
             "b     one two\n");
}

BOOST_AUTO_TEST_CASE(a_column_too_narrow_for_a_character_splits_none) {
  Table table{{{"A", 1}}};
  table.add({"\u5c0f\u7c73"});
  BOOST_TEST(printed(table, 1) == "A\n-\n\u5c0f\n\u7c73\n");
}

BOOST_AUTO_TEST_CASE(missing_cells_are_empty) {
  Table table{{{"A", 1}, {"B", 1}}};
  table.add({"1"});
  table.add({"1", "2", "3"});
  BOOST_TEST(printed(table, 80) == "A  B\n-  -\n1\n1  2\n");
}

BOOST_AUTO_TEST_SUITE_END()
